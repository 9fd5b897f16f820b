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
/* harmony import */ var undici_lib_api_api_connect_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1939);
/* harmony import */ var undici_lib_api_api_connect_js__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(undici_lib_api_api_connect_js__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var undici_lib_dispatcher_dispatcher_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1716);
/* harmony import */ var undici_lib_dispatcher_dispatcher_js__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(undici_lib_dispatcher_dispatcher_js__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var undici_lib_dispatcher_env_http_proxy_agent_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7258);
/* harmony import */ var undici_lib_dispatcher_env_http_proxy_agent_js__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(undici_lib_dispatcher_env_http_proxy_agent_js__WEBPACK_IMPORTED_MODULE_2__);



// What a proxy is asked with. undici's index, which is not loaded here, gives it to every dispatcher.
(undici_lib_dispatcher_dispatcher_js__WEBPACK_IMPORTED_MODULE_1___default().prototype).connect = (undici_lib_api_api_connect_js__WEBPACK_IMPORTED_MODULE_0___default());
/**
 * Connections through proxies. A module of its own, since few jobs have a proxy and so few have to load what speaks to
 * one.
 *
 * @param connect how to connect: to Neon directly, to a proxy, and to Neon through it
 * @throws {Error} when a setting holds no URL
 */
function openProxied({ https, http, no }, options, connect) {
    // Empty settings keep undici from reading the environment instead.
    const proxies = { httpsProxy: https, httpProxy: http, noProxy: no };
    return new (undici_lib_dispatcher_env_http_proxy_agent_js__WEBPACK_IMPORTED_MODULE_2___default())({ ...options, ...proxies, connect, proxyTls: connect, requestTls: connect });
}


/***/ })

};
;
//# sourceMappingURL=929.index.js.map