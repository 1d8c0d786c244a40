/** Entry of a page that counts all masks itself; the browser's test bundles it. */
export { enumerate } from "@lemons/shared/enumeration/enumerate";
export { compileEnumeration } from "@lemons/shared/enumeration/module";
export { decodeFoldedTable } from "@lemons/shared/what-if/table-format";
