/** What a person is told is wrong: two sentences in one line, what is wrong and what to do. */
export const TWO_SENTENCES = /^[^\n]+\. [^\n]+\.$/;
