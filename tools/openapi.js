// What src/contract/openapi/ needs of other packages; scripts/vendor.js joins it into vendor/openapi.js.
export { validate } from '@readme/openapi-parser';
export { apiCompare } from 'api-smart-diff';
