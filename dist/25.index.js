"use strict";
exports.id = 25;
exports.ids = [25];
exports.modules = {

/***/ 7025:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   openProxied: () => (/* binding */ openProxied)
/* harmony export */ });
/* harmony import */ var undici__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5218);
/* harmony import */ var undici__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(undici__WEBPACK_IMPORTED_MODULE_0__);

/**
 * Connections through the proxies that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name. A module of its own, since few
 * jobs have a proxy and so few have to load what speaks to one.
 *
 * @param connect how to connect: to Neon directly, to a proxy, and to Neon through it
 * @throws {Error} when a variable holds no URL
 */
function openProxied(options, connect) {
    return new (undici__WEBPACK_IMPORTED_MODULE_0___default())({ ...options, connect, proxyTls: connect, requestTls: connect });
}


/***/ })

};
;