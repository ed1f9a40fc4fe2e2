/* Numbers of seven bits a byte, the fields of protocol buffers, and the events and stack traces of JFR.
 *
 * No function keeps anything between calls. Those that find an unknown number of rows are called twice: without columns they only count,
 * so that the caller makes columns of the right length. All places are those of bytes in `data`. A number has at most `longest` bytes:
 * 10 in protocol buffers, and 9 in JFR, whose ninth byte has eight bits. Numbers have 64 bits; more are cut off. */
#include <stdint.h>
#include <stddef.h>

#define JFR_LONGEST 9
#define CUT (-1)

/* Reads the number at a place. Returns the place behind it, or CUT where `end` stands in it. */
static inline int64_t number_at(const uint8_t *data, int64_t at, int64_t end, int longest, int64_t *value) {
    uint64_t found = 0;
    if (at < end && data[at] < 0x80) {
        *value = data[at];
        return at + 1;
    }
    for (int place = 0; place < longest; place++) {
        if (at >= end) return CUT;
        uint64_t byte = data[at++];
        if (longest == JFR_LONGEST && place == JFR_LONGEST - 1) {
            found |= byte << 56;
            break;
        }
        found |= (byte & 0x7F) << (7 * place);
        if (byte < 0x80) break;
    }
    *value = (int64_t)found;
    return at;
}

/* Decodes the numbers that stand one after the other in each of `rows` ranges, `starts` to `ends`. A number that the end of its range cuts
 * is left out. `counts`, where it is not NULL, gets the numbers of each range, and `values` and `behind`, where they are not NULL, each
 * number and the place behind it. Returns how many numbers there are. */
int64_t fs_wire_numbers(const uint8_t *data, const int64_t *starts, const int64_t *ends, int64_t rows, int longest, int64_t *counts,
                        int64_t *values, int64_t *behind) {
    int64_t count = 0;
    for (int64_t row = 0; row < rows; row++) {
        int64_t before = count, value, next;
        for (int64_t at = starts[row]; at < ends[row]; at = next) {
            next = number_at(data, at, ends[row], longest, &value);
            if (next == CUT) break;
            if (values) values[count] = value;
            if (behind) behind[count] = next;
            count++;
        }
        if (counts) counts[row] = count - before;
    }
    return count;
}

/* Decodes one number at each of `count` places, 0 or more, of `size` bytes, of which the last is below 128: a place behind the end is that
 * of the last byte. `values` and `behind` get the number and the place behind it, which counts all bytes of a number that the end cuts. */
void fs_wire_at(const uint8_t *data, int64_t size, const int64_t *at, int64_t count, int longest, int64_t *values, int64_t *behind) {
    for (int64_t i = 0; i < count; i++) {
        int64_t place = at[i] < size ? at[i] : size - 1;
        int64_t next = number_at(data, place, size, longest, &values[i]);
        behind[i] = at[i] + (next - place);
    }
}

/* ---- protocol buffers ---- */

enum { VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5 };

/* A field of one message: where its value stands, without its length, and the number of a VARINT or a length. */
typedef struct { int64_t number, wire, start, end, value; } field;

/* Reads the field at a place before `end`. Returns the place behind it, or CUT where it is no whole field. */
static inline int64_t field_at(const uint8_t *data, int64_t at, int64_t end, field *f) {
    int64_t tag, behind = number_at(data, at, end, 10, &tag);
    if (behind == CUT) return CUT;
    f->wire = tag & 7;
    f->number = tag < 0 ? ~(~tag >> 3) : tag >> 3;
    f->start = behind;
    f->value = 0;
    if (f->wire == VARINT || f->wire == LENGTH) {
        f->end = number_at(data, behind, end, 10, &f->value);
        if (f->end == CUT) return CUT;
        if (f->wire == LENGTH) {
            f->start = f->end;
            if (f->value < 0 || f->value > end - f->start) return CUT;
            f->end = f->start + f->value;
        }
    } else {
        int64_t size = f->wire == FIXED64 ? 8 : f->wire == FIXED32 ? 4 : CUT;
        if (size == CUT || size > end - behind) return CUT;
        f->end = behind + size;
    }
    return f->end;
}

/* Finds the fields of `messages` messages, which stand from `starts` to `ends`. `columns` are NULL, or six with a row for each field, in
 * order: message, number, wire type, start, end and value. `stopped`, where it is not NULL, gets for each message the place of the first
 * byte that is no field, which is its end where the message is whole. Returns how many fields there are. */
int64_t fs_wire_fields(const uint8_t *data, const int64_t *starts, const int64_t *ends, int64_t messages, int64_t *const *columns,
                       int64_t *stopped) {
    int64_t count = 0;
    for (int64_t row = 0; row < messages; row++) {
        int64_t at = starts[row], next;
        field f;
        for (; at < ends[row]; at = next) {
            next = field_at(data, at, ends[row], &f);
            if (next == CUT) break;
            if (columns) {
                columns[0][count] = row;
                columns[1][count] = f.number;
                columns[2][count] = f.wire;
                columns[3][count] = f.start;
                columns[4][count] = f.end;
                columns[5][count] = f.value;
            }
            count++;
        }
        if (stopped) stopped[row] = at;
    }
    return count;
}

/* Reads the numbers of eight bytes, the lowest first, in each of `rows` ranges; bytes that are left over are no number. `counts` gets the
 * numbers of each range, and `values`, where it is not NULL, each number. Returns how many numbers there are. */
int64_t fs_wire_fixed64(const uint8_t *data, const int64_t *starts, const int64_t *ends, int64_t rows, int64_t *counts, uint64_t *values) {
    int64_t count = 0;
    for (int64_t row = 0; row < rows; row++) {
        counts[row] = ends[row] > starts[row] ? (ends[row] - starts[row]) / 8 : 0;
        for (int64_t i = 0; values && i < counts[row]; i++) {
            const uint8_t *from = data + starts[row] + 8 * i;
            uint64_t value = 0;
            for (int byte = 0; byte < 8; byte++) value |= (uint64_t)from[byte] << (8 * byte);
            values[count + i] = value;
        }
        count += counts[row];
    }
    return count;
}

/* ---- JFR ---- */

/* Walks over the events of a chunk from `start` on. An event begins with its size, of at least `smallest` bytes, and its type. The chunk has
 * `size` bytes and `padding` bytes of zeros behind them. `columns` are NULL, or three with a row for each event: the place behind its size,
 * its end, and its type. `stopped` gets the place of the first byte that is no event. Returns how many events there are. */
int64_t fs_jfr_events(const uint8_t *data, int64_t start, int64_t size, int64_t padding, int64_t smallest, int64_t *const *columns,
                      int64_t *stopped) {
    int64_t count = 0, at = start, length;
    for (; at < size; at += length, count++) {
        int64_t behind = number_at(data, at, size, JFR_LONGEST, &length);
        if (behind == CUT || length < smallest || length > size - at) break;
        if (columns) {
            columns[0][count] = behind;
            columns[1][count] = at + length;
            (void)number_at(data, behind, size + padding, JFR_LONGEST, &columns[2][count]);
        }
    }
    *stopped = at;
    return count;
}

/* The layout of a stack trace: key, `before` numbers, the number of frames, `width` numbers for each of these, `behind` numbers. `method` and
 * `kind` are places in a frame; `kind` is -1 where frames have none. Methods count from 0 to `methods`, kinds from 0 to `kinds`: numbers
 * outside stand for 0. */
typedef struct { int64_t before, behind, width, method, kind, methods, kinds; } fs_layout;

/* Passes `count` numbers. Returns the place behind them, or CUT. */
static inline int64_t pass(const uint8_t *data, int64_t at, int64_t end, int64_t count) {
    for (int64_t value; count > 0 && at != CUT; count--) at = number_at(data, at, end, JFR_LONGEST, &value);
    return at;
}

/* Reads the frames of a trace, to `frames` where this is not NULL. Returns the place behind them, or CUT. */
static inline int64_t frames_at(const uint8_t *data, int64_t at, int64_t end, int64_t count, const fs_layout *l, int64_t *frames) {
    for (int64_t i = 0; i < count; i++) {
        int64_t method = 0, kind = 0, value;
        for (int64_t place = 0; place < l->width; place++) {
            at = number_at(data, at, end, JFR_LONGEST, &value);
            if (at == CUT) return CUT;
            if (place == l->method && value >= 0 && value < l->methods) method = value;
            if (place == l->kind && value >= 0 && value < l->kinds) kind = value;
        }
        if (frames) frames[i] = method * l->kinds + kind;
    }
    return at;
}

/* Reads at most `count` stack traces that stand one after the other from `start` on. `columns` are NULL, or three: key and number of frames, a
 * row for each trace, and a row for each frame, method times `kinds` plus kind. `count` is then the number of traces that a call without
 * columns found. `found` gets the number of whole traces, of their frames, and the place behind the last of them. */
void fs_jfr_traces(const uint8_t *data, int64_t start, int64_t end, int64_t count, const fs_layout *l, int64_t *const *columns,
                   int64_t found[3]) {
    int64_t traces = 0, frames = 0, at = start;
    for (; traces < count; traces++) {
        int64_t key, length = 0, next = number_at(data, at, end, JFR_LONGEST, &key);
        if (next != CUT) next = pass(data, next, end, l->before);
        if (next != CUT) next = number_at(data, next, end, JFR_LONGEST, &length);
        /* Each frame has at least a byte. */
        if (next == CUT || length < 0 || length > end - next) break;
        next = frames_at(data, next, end, length, l, columns ? columns[2] + frames : NULL);
        if (next != CUT) next = pass(data, next, end, l->behind);
        if (next == CUT) break;
        if (columns) {
            columns[0][traces] = key;
            columns[1][traces] = length;
        }
        frames += length;
        at = next;
    }
    found[0] = traces;
    found[1] = frames;
    found[2] = at;
}
