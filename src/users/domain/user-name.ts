/** Most Unicode code points a display name may have, after trimming. */
export const MAX_NAME_LENGTH = 255;

/** Control characters; of these only the text itself could be meant, and PostgreSQL stores no NUL. */
const CONTROL = /\p{Cc}/u;
/** A half of a surrogate pair is no character; UTF-8 cannot carry it. */
const UNPAIRED_SURROGATE = /\p{Cs}/u;
/** Embeddings, overrides and isolates turn the text that follows around, in other people's pages too. */
const BIDI_OVERRIDE = /[\u202A-\u202E\u2066-\u2069]/u;
/** Something to see: not white space, not format characters, not fillers that draw nothing. */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{C}\u2800]/u;
/** Unicode's own list; `String.prototype.trim` leaves out U+0085 and takes in U+FEFF. */
const OUTER_WHITE_SPACE = /^[\p{White_Space}\uFEFF]+|[\p{White_Space}\uFEFF]+$/gu;

/** A name as it is stored and compared: trimmed of Unicode white space, in Normalisation Form C (UAX #15). */
export const normaliseName = (text: string): string => text.replace(OUTER_WHITE_SPACE, '').normalize('NFC');

/** Why a normalised name cannot be one, in words for the caller; undefined when it can. */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'must not be empty or white space alone';
  if (Array.from(name).length > MAX_NAME_LENGTH)
    return `must have at most ${MAX_NAME_LENGTH} characters after trimming`;
  if (CONTROL.test(name)) return 'must not contain control characters';
  if (UNPAIRED_SURROGATE.test(name)) return 'must not contain unpaired surrogates';
  if (BIDI_OVERRIDE.test(name)) return 'must not contain bidirectional overrides';
  if (!VISIBLE.test(name)) return 'must contain something visible';
  return undefined;
}
