/** The second promise, kept by the store itself: a coordinator that breaks it has a defect, or is a second one. */
export function lowered(classId: number): Error {
  return new Error(`${LOWERED}; class ${classId} holds a better elite already`);
}

/** Also what the trigger in schema.ts says. */
export const LOWERED = "a class's best confidence never goes down";
