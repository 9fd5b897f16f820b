/******/ (() => { // webpackBootstrap
/******/ 	"use strict";
var __webpack_exports__ = {};

;// CONCATENATED MODULE: external "./index.js"
const external_index_js_namespaceObject = require("./index.js");
;// CONCATENATED MODULE: ./build/js/post.js

void (0,external_index_js_namespaceObject.runStep)(external_index_js_namespaceObject.revokeKey, 'continue', 'A Neon API key may still be alive');

module.exports = __webpack_exports__;
/******/ })()
;