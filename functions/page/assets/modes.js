/** What may be asked for on a call, as the service's own table has it: one list for all of the page. */

/** The ways of being on a call that are changed for each other. */
export const MODES = ["listen", "whisper", "barge"];
/** All that ask one's phone into a call. */
export const DIALS = [...MODES, "takeover"];
/** All that is asked for on a row. */
export const ON_A_CALL = [...DIALS, "hangup", "help"];
