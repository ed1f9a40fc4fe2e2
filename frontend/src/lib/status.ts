// HTTP statuses by which the page decides.

/** Of an ApiError: no answer came. */
export const SILENT = 0;
export const NO_CONTENT = 204;
export const BAD_REQUEST = 400;
export const FORBIDDEN = 403;
export const NOT_FOUND = 404;
const TIMEOUT = 408;
/** A file was replaced or cut while it was read, or the name of an upload is taken. */
export const CONFLICT = 409;
export const TOO_LARGE = 413;
export const UNKNOWN_FORMAT = 415;
export const RANGE_NOT_SATISFIABLE = 416;
export const UNPROCESSABLE = 422;
const TOO_MANY = 429;
export const SERVER_FAULT = 500;
export const BUSY = 503;
/** The disk has too little room. */
export const FULL = 507;

/** The same request may be answered a moment later. */
export const PASSING: readonly number[] = [TIMEOUT, CONFLICT, TOO_MANY, BUSY];
