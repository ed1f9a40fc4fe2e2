/* The ticks of V8's logs, in their usual form. Any other line is left to the caller. */
#include <stdint.h>
#include <stddef.h>
#include <string.h>

#define NO_ADDRESS (-1)

typedef struct { const uint8_t *at, *end; } text;

/* Takes a text if it comes next. */
static inline int take(text *t, const char *wanted, size_t size) {
    if ((size_t)(t->end - t->at) < size || memcmp(t->at, wanted, size)) return 0;
    t->at += size;
    return 1;
}

/* Takes a number of 1 to `longest` digits, up to 18. Returns it, or -1. */
static inline int64_t digits(text *t, int longest) {
    int64_t value = 0;
    const uint8_t *start = t->at;
    while (t->at < t->end && *t->at >= '0' && *t->at <= '9' && t->at - start < longest) value = 10 * value + (*t->at++ - '0');
    return t->at > start ? value : -1;
}

/* Takes 1 to 16 hexadecimal digits of a number below 2^63. Returns it, or -1. */
static inline int64_t hexadecimal(text *t) {
    uint64_t value = 0;
    const uint8_t *start = t->at;
    for (; t->at < t->end && t->at - start < 17; t->at++) {
        uint8_t c = *t->at;
        uint8_t digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
        if (digit > 15) break;
        value = value << 4 | digit;
    }
    return t->at > start && t->at - start < 17 && value <= INT64_MAX ? (int64_t)value : -1;
}

static inline int64_t address(text *t) { return take(t, "0x", 2) ? hexadecimal(t) : -1; }

/* Takes the callers of a tick, the innermost first, and the end of its line. Old logs have an address as the distance to the one before.
 * Writes them to `to`, where it is not NULL. Returns how many there are, or -1 for another form. */
static int64_t callers(text *t, int64_t before, int64_t *to) {
    int64_t count = 0;
    while (take(t, ",", 1)) {
        /* A stack that was too deep. */
        if (take(t, "overflow", 8)) continue;
        int64_t sign = take(t, "+", 1) ? 1 : take(t, "-", 1) ? -1 : 0;
        if (!take(t, "0x", 2) && !sign) return -1;
        int64_t value = hexadecimal(t);
        if (value < 0 || (sign > 0 && value > INT64_MAX - before) || (sign < 0 && value > before)) return -1;
        before = sign ? before + sign * value : value;
        if (to) to[count] = before;
        count++;
    }
    return take(t, "\n", 1) ? count : -1;
}

/* Reads ticks from the beginning of a text on, up to the first line of another form or without an end.
 *
 *     tick,0x10fa409,588510,0,0x0,3,0x11dc900,+0x24 …     pc, time, is external, its callback, state, callers
 *
 * `columns` are NULL, or four: time, state and number of slots, a row for each tick, and the address of each slot. The slots of a tick are its
 * pc, its callback if it is external code, one that the caller fills, and its callers; NO_ADDRESS stands for none. Times up to `latest` are
 * those of the usual form. `found` gets the number of ticks, of their slots, and of the bytes that they take. A call with columns finds what
 * one without them has found. */
void fs_v8_ticks(const uint8_t *data, int64_t size, int64_t latest, int64_t *const *columns, int64_t found[3]) {
    text t = {data, data + size};
    found[0] = found[1] = found[2] = 0;
    while (take(&t, "tick,", 5)) {
        int64_t pc = address(&t);
        if (pc < 0 || !take(&t, ",", 1)) return;
        int64_t time = digits(&t, 15);
        if (time < 0 || time > latest || !take(&t, ",", 1)) return;
        int external = take(&t, "1,", 2);
        if (!external && !take(&t, "0,", 2)) return;
        int none = take(&t, "0x0,", 4);
        int64_t callback = none ? 0 : address(&t);
        if (!none && (callback <= 0 || !take(&t, ",", 1))) return;
        int64_t state = digits(&t, 9);
        if (state < 0) return;
        text rest = t;
        int64_t count = callers(&t, pc, NULL);
        if (count < 0) return;
        if (columns) {
            int64_t *slot = columns[3] + found[1];
            columns[0][found[0]] = time;
            columns[1][found[0]] = state;
            columns[2][found[0]] = 3 + count;
            slot[0] = pc;
            slot[1] = external && !none ? callback : NO_ADDRESS;
            slot[2] = NO_ADDRESS;
            (void)callers(&rest, pc, slot + 3);
        }
        found[0]++;
        found[1] += 3 + count;
        found[2] = t.at - data;
    }
}
