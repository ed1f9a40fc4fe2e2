/* Long arrays of numbers in a JSON text, as columns of doubles. All else of the text is left to the caller.
 *
 * The text may be broken anywhere: an array is taken only where it is whole and JSON, so that a parser that finds any other value in its
 * place accepts the same texts. */
#include <stdint.h>
#include <stddef.h>
#include <string.h>

#define MAX_POWER 19 /* of ten, in 64 bits */
#define MAX_EXACT 22 /* of ten, in a double */
#define MAX_DIGITS 19
#define EXACT ((uint64_t)1 << 53)

static const uint64_t POWERS[MAX_POWER + 1] = {1u,
                                               10u,
                                               100u,
                                               1000u,
                                               10000u,
                                               100000u,
                                               1000000u,
                                               10000000u,
                                               100000000u,
                                               1000000000u,
                                               10000000000u,
                                               100000000000u,
                                               1000000000000u,
                                               10000000000000u,
                                               100000000000000u,
                                               1000000000000000u,
                                               10000000000000000u,
                                               100000000000000000u,
                                               1000000000000000000u,
                                               10000000000000000000u};
static const double TENS[MAX_EXACT + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                           1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static inline int is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
static inline int is_blank(uint8_t c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/* ---- where arrays are ---- */

/* Returns the place behind the string whose first byte, behind its quote, is at a place; `size` where it has no end. */
static inline int64_t string_end(const uint8_t *data, int64_t at, int64_t size) {
    while (at < size && data[at] != '"') at += data[at] == '\\' ? 2 : 1;
    return at < size ? at + 1 : size;
}

/* Returns whether a text is one of `names`, each of which has a line end behind it. */
static int is_named(const uint8_t *text, int64_t size, const uint8_t *names, int64_t names_size) {
    for (int64_t at = 0; at < names_size;) {
        const uint8_t *end = memchr(names + at, '\n', (size_t)(names_size - at));
        if (!end) return 0;
        int64_t length = end - (names + at);
        if (length == size && !memcmp(names + at, text, (size_t)size)) return 1;
        at += length + 1;
    }
    return 0;
}

/* The bytes of numbers, nulls, commas and blanks. */
static const uint8_t plain[256] = {['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1,  ['6'] = 1,  ['7'] = 1,
                                   ['8'] = 1, ['9'] = 1, ['-'] = 1, ['+'] = 1, ['.'] = 1, ['e'] = 1,  ['E'] = 1,  ['n'] = 1,
                                   ['u'] = 1, ['l'] = 1, [','] = 1, [' '] = 1, ['\n'] = 1, ['\t'] = 1, ['\r'] = 1};

/* Returns the place behind the bracket that closes an array, from behind its opening one on, where between them are only bytes that numbers,
 * nulls and commas have, and counts its values. Else the negative place of another byte, or of the end. */
static inline int64_t array_end(const uint8_t *data, int64_t at, int64_t size, int64_t *values) {
    int64_t count = 1;
    for (; at < size && plain[data[at]]; at++) count += data[at] == ',';
    *values = count;
    return at < size && data[at] == ']' ? at + 1 : -at;
}

/* As array_end, for an array of arrays. `width` gets the most values that a row has, and `cells` the
 * number of rows times that. Rows of very different lengths are none: their cells could be many more than the bytes. */
static int64_t rows_end(const uint8_t *data, int64_t at, int64_t size, int64_t *cells, int64_t *width) {
    int64_t rows = 0, longest = 0, length = 0, values = 0;
    int inside = 0;
    for (; at < size; at++) {
        uint8_t c = data[at];
        if (c == '[' && !inside) {
            inside = 1, length = 1, rows++;
        } else if (c == ']' && inside) {
            inside = 0, values += length;
            if (length > longest) longest = length;
        } else if (c == ']') {
            *width = longest;
            *cells = rows * longest;
            return rows && longest <= 64 && *cells <= 4 * values ? at + 1 : -(at + 1);
        } else if (!plain[c]) {
            break;
        } else if (c == ',' && inside) {
            length++;
        }
    }
    return -at;
}

/* Finds arrays of at least `least` bytes, brackets included, that are members called one of `names`, and arrays of arrays called one of
 * `row_names`; each name has a line end behind it. `columns` have `room` rows for the place of each bracket that opens one, the place behind the
 * one that closes it, the number of its values, and the width of its rows, 0 for an array of numbers. Returns how many there are. */
int64_t fs_json_arrays(const uint8_t *data, int64_t size, const uint8_t *names, int64_t names_size, const uint8_t *row_names,
                       int64_t row_names_size, int64_t least, int64_t room, int64_t *const *columns) {
    /* The last string, while only blanks and one colon stand behind it. */
    int64_t count = 0, start = 0, end = 0;
    int is_key = 0, has_colon = 0;
    for (int64_t at = 0; at < size && count < room;) {
        uint8_t c = data[at++];
        if (c == '"') {
            start = at;
            at = string_end(data, at, size);
            end = at - 1;
            is_key = 1, has_colon = 0;
            continue;
        }
        if (is_blank(c)) continue;
        if (c == ':' && is_key && !has_colon) {
            has_colon = 1;
            continue;
        }
        if (c == '[' && is_key && has_colon) {
            int64_t values = 0, width = 0, behind = 0, opened = at - 1;
            if (is_named(data + start, end - start, names, names_size)) behind = array_end(data, at, size, &values);
            else if (is_named(data + start, end - start, row_names, row_names_size)) behind = rows_end(data, at, size, &values, &width);
            if (behind > 0 && behind - opened >= least) {
                columns[0][count] = opened;
                columns[1][count] = behind;
                columns[2][count] = values;
                columns[3][count++] = width;
            }
            if (behind) at = behind < 0 ? -behind : behind;
        }
        is_key = 0;
    }
    return count;
}

/* ---- numbers ---- */

#if defined(__SIZEOF_INT128__)
static inline int leading_zeros(uint64_t value) { return __builtin_clzll(value); }

/* Returns `digits` / 10^power, rounded to the nearest double, and of two to the even one. `digits` is not 0. */
static double quotient(uint64_t digits, int power) {
    int shift = leading_zeros(digits);
    __uint128_t dividend = (__uint128_t)(digits << shift) << 64;
    __uint128_t found = dividend / POWERS[power];
    int rest = found * POWERS[power] != dividend;
    /* A number of 2^127 or more, divided by one of 64 bits, has at least 64 bits. */
    uint64_t high = (uint64_t)(found >> 64);
    int drop = (high ? 128 - leading_zeros(high) : 64 - leading_zeros((uint64_t)found)) - 53;
    uint64_t mantissa = (uint64_t)(found >> drop);
    __uint128_t below = found & (((__uint128_t)1 << drop) - 1), half = (__uint128_t)1 << (drop - 1);
    mantissa += below > half || (below == half && (rest || (mantissa & 1)));
    uint64_t scale = (uint64_t)(1023 + drop - 64 - shift) << 52;
    double factor;
    memcpy(&factor, &scale, sizeof factor);
    return (double)mantissa * factor;
}
#endif

/* Writes `digits` * 10^power as the nearest double. Returns 0 where that takes more arithmetic than there is here. */
static inline int scaled(uint64_t digits, int power, double *value) {
    if (!digits || !power) {
        *value = (double)digits;
    } else if (digits <= EXACT && power >= -MAX_EXACT && power <= MAX_EXACT) {
        *value = power < 0 ? (double)digits / TENS[-power] : (double)digits * TENS[power];
#if defined(__SIZEOF_INT128__)
    } else if (power < 0 && power >= -MAX_POWER) {
        *value = quotient(digits, -power);
#endif
    } else {
        return 0;
    }
    return 1;
}

/* Takes digits. `digits` and `count` grow by them; zeros before the first other digit do not count. Returns the place behind them. */
static inline const uint8_t *take_digits(const uint8_t *at, uint64_t *digits, int *count) {
    uint64_t found = *digits;
    int more = *count;
    for (; is_digit(*at); at++) {
        if (more < MAX_DIGITS) found = 10 * found + (*at - '0');
        more += found != 0 && more <= MAX_DIGITS;
    }
    *digits = found;
    *count = more;
    return at;
}

/* Takes an exponent, up to 999. Returns the place behind it, or NULL. */
static const uint8_t *take_exponent(const uint8_t *at, int *power) {
    int sign = 1, value = 0;
    if (*at == '+' || *at == '-') sign = *at++ == '-' ? -1 : 1;
    if (!is_digit(*at)) return NULL;
    for (int count = 0; is_digit(*at); at++) {
        if (++count > 3) return NULL;
        value = 10 * value + (*at - '0');
    }
    *power += sign * value;
    return at;
}

/* Takes a number of JSON or a null, behind which stands a byte of neither. Returns the place behind it, or NULL. */
static inline const uint8_t *take_value(const uint8_t *at, double none, double *value) {
    if (*at == 'n') {
        *value = none;
        return at[1] == 'u' && at[2] == 'l' && at[3] == 'l' ? at + 4 : NULL;
    }
    int negative = *at == '-', count = 0, power = 0;
    uint64_t digits = 0;
    at += negative;
    if (!is_digit(*at) || (*at == '0' && is_digit(at[1]))) return NULL;
    at = take_digits(at, &digits, &count);
    if (*at == '.') {
        const uint8_t *point = at + 1;
        at = take_digits(point, &digits, &count);
        if (at == point || at - point > MAX_DIGITS + MAX_EXACT) return NULL;
        power = (int)(point - at);
    }
    if ((*at == 'e' || *at == 'E') && !(at = take_exponent(at + 1, &power))) return NULL;
    if (count > MAX_DIGITS || !scaled(digits, power, value)) return NULL;
    if (negative) *value = -*value;
    return at;
}

static inline const uint8_t *take_blanks(const uint8_t *at) {
    while (is_blank(*at)) at++;
    return at;
}

/* Takes the values of an array and the bracket that closes it, from its opening one on, to at most `room` places. Returns the place behind it,
 * or NULL. The bracket ends all loops: it is no blank, digit or comma. */
static const uint8_t *take_array(const uint8_t *at, int64_t room, double largest, double none, double *to) {
    do {
        at = room-- > 0 ? take_value(take_blanks(at + 1), none, to) : NULL;
        if (!at) return NULL;
        if (!(*to <= largest && *to >= -largest)) *to = none;
        to++;
        at = take_blanks(at);
    } while (*at == ',');
    return *at == ']' ? at + 1 : NULL;
}

/* Takes an array of arrays, as take_array. Rows are filled up to `width` with `none`. */
static const uint8_t *take_rows(const uint8_t *at, int64_t cells, int64_t width, double largest, double none, double *to) {
    for (int64_t i = 0; i < cells; i++) to[i] = none;
    do {
        at = take_blanks(at + 1);
        if (*at != '[' || cells < width) return NULL;
        const uint8_t *first = take_blanks(at + 1);
        at = *first == ']' ? first + 1 : take_array(at, width, largest, none, to);
        if (!at) return NULL;
        to += width, cells -= width;
        at = take_blanks(at);
    } while (*at == ',');
    return *at == ']' ? at + 1 : NULL;
}

/* Reads the numbers of arrays that `fs_json_arrays` has found, where they begin, how many `counts` they have, and the `widths` of their rows.
 * `values` have room for all. A null, and a number beyond `largest`, positive or negative, is `none`. `whole` gets 1 for an array that is read,
 * and 0 for one that is not JSON, or has a number of more than 19 digits or with an exponent far from 0: its values are of no use. */
void fs_json_numbers(const uint8_t *data, const int64_t *starts, const int64_t *counts, const int64_t *widths, int64_t arrays, double largest,
                     double none, double *values, uint8_t *whole) {
    for (int64_t i = 0; i < arrays; i++) {
        const uint8_t *at = data + starts[i];
        whole[i] = (widths[i] ? take_rows(at, counts[i], widths[i], largest, none, values) : take_array(at, counts[i], largest, none, values)) != NULL;
        values += counts[i];
    }
}
