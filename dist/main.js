/******/ (() => { // webpackBootstrap
/******/ 	"use strict";
var __webpack_exports__ = {};

;// CONCATENATED MODULE: external "./index.js"
const external_index_js_namespaceObject = require("./index.js");
;// CONCATENATED MODULE: ./build/js/main.js

void (0,external_index_js_namespaceObject.runStep)(external_index_js_namespaceObject.createKey, 'cancel', 'The job got no Neon API key');

module.exports = __webpack_exports__;
/******/ })()
;