/** A run's name is also its directory's, and a part of subjects, streams and addresses: nothing that leads elsewhere. */
export const RUN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The rule, as help texts and errors say it. */
export const RUN_NAME_RULE = '1–64 letters, digits, ".", "_" or "-", the first of them a letter or digit';
