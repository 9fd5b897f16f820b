"use strict";
exports.id = 25;
exports.ids = [25];
exports.modules = {

/***/ 7025:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   openProxied: () => (/* binding */ openProxied)
/* harmony export */ });
/* harmony import */ var undici__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5218);
/* harmony import */ var undici__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(undici__WEBPACK_IMPORTED_MODULE_0__);

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
    return new (undici__WEBPACK_IMPORTED_MODULE_0___default())({ ...options, ...proxies, connect, proxyTls: connect, requestTls: connect });
}


/***/ })

};
;