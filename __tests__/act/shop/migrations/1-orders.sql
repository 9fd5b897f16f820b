-- The branches of the simulated Neon share one Postgres, so the second run finds the table.
CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY);
SELECT 'the orders are migrated';
