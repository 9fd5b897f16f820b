import { Deadline, systemClock } from '../src/base/clock.ts'

test('now counts milliseconds; date is the date', async () => {
  const [now, date, performanceNow] = [systemClock.now(), systemClock.date(), performance.now()]
  await systemClock.sleep(50)
  const passed = performance.now() - performanceNow
  expect(passed).toBeGreaterThan(45)
  expect(Math.abs(systemClock.now() - now - passed)).toBeLessThan(20)
  expect(Math.abs(date - Date.now())).toBeLessThan(5_000)
})

test('a wait ends with the reason of the signal, also if it was aborted before', async () => {
  const reason = new Error('cancelled')
  const controller = new AbortController()
  const waiting = systemClock.sleep(10_000, controller.signal)
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  await expect(systemClock.sleep(10_000, controller.signal)).rejects.toBe(reason)
})

test('a wait that is not aborted fails with its own error', async () => {
  const { signal } = new AbortController()
  // @ts-expect-error not a number
  await expect(systemClock.sleep('soon', signal)).rejects.toThrow('must be of type number')
  // @ts-expect-error not a number
  await expect(systemClock.sleep('soon')).rejects.toThrow('must be of type number')
})

test('a deadline counts down to 0', () => {
  let now = 1_000
  const deadline = new Deadline({ ...systemClock, now: () => now }, 2_500)
  expect([deadline.seconds, deadline.remaining()]).toEqual([3, 2_500])
  now += 2_400
  expect(deadline.remaining()).toBe(100)
  now += 200
  expect(deadline.remaining()).toBe(0)
})
