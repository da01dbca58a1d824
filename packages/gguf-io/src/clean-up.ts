/**
 * Clean up after an error that is about to be thrown. An error of the clean-up is dropped: it follows from the first one more often than
 * not, and would hide it.
 */
export async function cleanUpAfterError(cleanUp: () => Promise<unknown>): Promise<void> {
  try {
    await cleanUp();
  } catch {
    return;
  }
}
