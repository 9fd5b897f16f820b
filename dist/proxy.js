"use strict";
exports.id = 929;
exports.ids = [929];
exports.modules = {

/***/ 1273:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   openProxied: () => (/* binding */ openProxied)
/* harmony export */ });
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7030);
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_net__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var undici_lib_api_api_connect_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1939);
/* harmony import */ var undici_lib_api_api_connect_js__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(undici_lib_api_api_connect_js__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var undici_lib_core_connect_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3657);
/* harmony import */ var undici_lib_core_connect_js__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(undici_lib_core_connect_js__WEBPACK_IMPORTED_MODULE_2__);
/* harmony import */ var undici_lib_dispatcher_agent_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(3480);
/* harmony import */ var undici_lib_dispatcher_agent_js__WEBPACK_IMPORTED_MODULE_3___default = /*#__PURE__*/__webpack_require__.n(undici_lib_dispatcher_agent_js__WEBPACK_IMPORTED_MODULE_3__);
/* harmony import */ var undici_lib_dispatcher_dispatcher_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1716);
/* harmony import */ var undici_lib_dispatcher_dispatcher_js__WEBPACK_IMPORTED_MODULE_4___default = /*#__PURE__*/__webpack_require__.n(undici_lib_dispatcher_dispatcher_js__WEBPACK_IMPORTED_MODULE_4__);
/* harmony import */ var undici_lib_dispatcher_env_http_proxy_agent_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(7258);
/* harmony import */ var undici_lib_dispatcher_env_http_proxy_agent_js__WEBPACK_IMPORTED_MODULE_5___default = /*#__PURE__*/__webpack_require__.n(undici_lib_dispatcher_env_http_proxy_agent_js__WEBPACK_IMPORTED_MODULE_5__);
/* harmony import */ var _names_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(5689);
/* harmony import */ var _proxy_settings_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(1907);








// Sends CONNECT requests. undici's index, which is not loaded here, adds this to every dispatcher.
(undici_lib_dispatcher_dispatcher_js__WEBPACK_IMPORTED_MODULE_4___default().prototype).connect = (undici_lib_api_api_connect_js__WEBPACK_IMPORTED_MODULE_1___default());
/** The connection to the proxy failed, not the one behind it. */
class ProxyError extends Error {
    name = 'ProxyError';
    /**
     * - `PROXY_UNUSABLE`: waiting cannot help: a setting is wrong, or the server is not an HTTP proxy.
     * - `PROXY_REFUSED`: the proxy refuses to connect to this host, or refuses this user.
     * - `PROXY_FAILED`: all other failures.
     */
    code;
    constructor(code, message, options) {
        super(message, options);
        this.code = code;
    }
}
/**
 * Connects through proxies. This is a separate module because only jobs with a proxy have to load it.
 *
 * @param connect how to connect: to Neon directly, to a proxy, and to Neon through it
 */
function openProxied({ https, http, no }, options, connect) {
    return new (undici_lib_dispatcher_env_http_proxy_agent_js__WEBPACK_IMPORTED_MODULE_5___default())({
        ...options,
        // Empty settings keep undici from reading the environment instead.
        httpsProxy: usable('HTTPS_PROXY', https),
        httpProxy: usable('HTTP_PROXY', http),
        noProxy: no,
        connect: (0,_names_js__WEBPACK_IMPORTED_MODULE_6__/* .afterLookup */ .VD)(undici_lib_core_connect_js__WEBPACK_IMPORTED_MODULE_2___default()(connect)),
        proxyTls: connect,
        requestTls: connect,
        clientFactory: (proxy) => tunnelClient(proxy, connect),
    });
}
/**
 * Replaces the address of a proxy that cannot be used with a placeholder that fails only when it is used: `NO_PROXY` may
 * name Neon's host.
 */
function usable(variable, address) {
    const fault = address === '' ? undefined : (0,_proxy_settings_js__WEBPACK_IMPORTED_MODULE_7__/* .faultOf */ .Kl)(address);
    if (fault === undefined)
        return address;
    const placeholder = `${variable.toLowerCase()}.invalid`;
    (0,_names_js__WEBPACK_IMPORTED_MODULE_6__/* .refuseName */ .uT)(placeholder, new ProxyError('PROXY_UNUSABLE', `the proxy cannot be used: ${variable} ${fault}`));
    return `http://${placeholder}`;
}
/** Opens tunnels through a proxy. Replaces undici's client, whose errors do not say what is wrong with the proxy. */
function tunnelClient(proxy, options) {
    const connect = (0,_names_js__WEBPACK_IMPORTED_MODULE_6__/* .afterLookup */ .VD)(undici_lib_core_connect_js__WEBPACK_IMPORTED_MODULE_2___default()(options));
    const client = new (undici_lib_dispatcher_agent_js__WEBPACK_IMPORTED_MODULE_3___default())({
        connect: (target, callback) => connect(target, (...[error, socket]) => (error ? callback(connectError(error), null) : callback(null, socket))),
    });
    const ask = client.connect.bind(client);
    return Object.assign(client, {
        async connect(request) {
            const answer = await ask(request).catch(async (error) => {
                throw await tunnelError(error, proxy);
            });
            if (answer.statusCode === 200)
                return answer;
            answer.socket.destroy();
            const code = isTemporary(answer.statusCode) ? 'PROXY_FAILED' : 'PROXY_REFUSED';
            throw new ProxyError(code, `the proxy answered ${answer.statusCode}`);
        },
    });
}
/** Statuses of a proxy that is busy or currently cannot reach the host. */
function isTemporary(status) {
    return [408, 425, 429].includes(status) || (status >= 500 && status !== 501);
}
function connectError(cause) {
    if (cause instanceof ProxyError)
        return cause;
    return new ProxyError('PROXY_FAILED', 'cannot connect to the proxy', { cause });
}
async function tunnelError(cause, proxy) {
    const { code = '' } = cause instanceof ProxyError ? (cause.cause ?? {}) : cause;
    if (cause.name === 'HTTPParserError' || (CLOSED.has(code) && (await speaksSocks(proxy)))) {
        return new ProxyError('PROXY_UNUSABLE', 'the proxy cannot be used: no HTTP proxy listens at its address', { cause });
    }
    if (cause instanceof ProxyError)
        return cause;
    return new ProxyError('PROXY_FAILED', 'the proxy ended the connection', { cause });
}
/** Codes for a connection that was closed without an answer, as SOCKS servers do with an HTTP request. */
const CLOSED = new Set(['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE', 'ECONNABORTED']);
/** Whether a server answers a SOCKS 5 greeting. */
function speaksSocks({ protocol, hostname, port }) {
    return new Promise((resolve) => {
        // The default ports, which `URL` omits.
        const used = Number(port || (protocol === 'https:' ? 443 : 80));
        const socket = (0,node_net__WEBPACK_IMPORTED_MODULE_0__.connect)({ host: hostname.replace(/[[\]]/g, ''), port: used, lookup: _names_js__WEBPACK_IMPORTED_MODULE_6__/* .lookup */ .$I });
        socket.setTimeout(2_000, () => socket.destroy());
        socket.on('error', () => { }).on('close', () => resolve(false));
        socket.on('data', ([version]) => {
            resolve(version === 5);
            socket.destroy();
        });
        socket.write(Buffer.from([5, 1, 0]));
    });
}


/***/ })

};
;
//# sourceMappingURL=929.index.js.map