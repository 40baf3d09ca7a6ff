export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
export const root = document.documentElement;
export const typing = (event) => event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
