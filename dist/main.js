"use strict";
(() => {
var exports = {};
exports.ids = ["main"];
exports.modules = {

/***/ "./build/js/main.js"
(__unused_webpack___webpack_module__, __unused_webpack___webpack_exports__, __webpack_require__) {

/* harmony import */ var _index_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__("./build/js/index.js");

void (0,_index_js__WEBPACK_IMPORTED_MODULE_0__.runStep)(_index_js__WEBPACK_IMPORTED_MODULE_0__.createKey, 'cancel', 'No Neon API key was handed on');


/***/ }

};
;

// load runtime
var __webpack_require__ = require("./index.js");
__webpack_require__.C(exports);
var __webpack_exec__ = (moduleId) => (__webpack_require__(moduleId))
var __webpack_exports__ = (__webpack_exec__("./build/js/main.js"));

})();