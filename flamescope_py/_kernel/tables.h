/* Growing arrays, hashing, and two hash tables: of 64-bit keys and of texts. Functions that allocate return a negative number
 * without memory. Results never depend on the seed of the hashes. */
#ifndef FS_TABLES_H
#define FS_TABLES_H

#if defined(__linux__) && !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE /* madvise */
#endif
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
#define POPULATE_WRITE 23 /* since Linux 5.14; an error before */
#endif

#if defined(__GNUC__)
#define PREFETCH(place) __builtin_prefetch(place)
#else
#define PREFETCH(place) ((void)0)
#endif

#define EMPTY (-1)
#define NO_MEMORY (-2)

/* Returns memory that will all be used, or NULL. The system is asked to make large memory at once, where it can: that takes a third less
 * than its first touches, page by page. Huge pages would take less again, but to make one, the system may move others for milliseconds. */
#define LARGE ((size_t)256 << 10)
#define LARGEST_PAGE ((uintptr_t)64 << 10)

static inline void *fresh(size_t size) {
    uint8_t *memory = malloc(size);
#if defined(__linux__)
    uintptr_t start = ((uintptr_t)memory + LARGEST_PAGE - 1) & ~(LARGEST_PAGE - 1), end = ((uintptr_t)memory + size) & ~(LARGEST_PAGE - 1);
    if (memory && size >= LARGE) (void)madvise((void *)start, end - start, POPULATE_WRITE);
#endif
    return memory;
}

/* ---- growing arrays: `items` has room for `room` items, `count` are used; 0 on success, -1 without memory ---- */

typedef struct { void *items; int64_t count, room; } array;

static inline int reserve(array *a, int64_t more, size_t width) {
    if (a->count + more <= a->room) return 0;
    int64_t room = a->room ? a->room : 1024;
    while (room < a->count + more) room *= 2;
    void *items = realloc(a->items, (size_t)room * width);
    if (!items) return -1;
    a->items = items;
    a->room = room;
    return 0;
}

#define AT(a, type, i) (((type *)(a).items)[i])
#define PUSH(a, type, value) (reserve(&(a), 1, sizeof(type)) ? -1 : (AT(a, type, (a).count++) = (value), 0))

/* ---- hashing: products of 64 bits folded in half, with a secret seed ---- */

static const uint64_t PRIME_A = 0x9E3779B97F4A7C15u, PRIME_B = 0xD6E8FEB86659FD93u;

static inline uint64_t fold(uint64_t a, uint64_t b) {
#if defined(__SIZEOF_INT128__)
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t high = (a >> 32) * (b >> 32), low = a * b;
    return low ^ high ^ (a >> 32) * (uint32_t)b ^ (b >> 32) * (uint32_t)a;
#endif
}

static inline uint64_t load8(const uint8_t *p) {
    uint64_t value;
    memcpy(&value, p, 8);
    return value;
}

static inline uint32_t load4(const uint8_t *p) {
    uint32_t value;
    memcpy(&value, p, 4);
    return value;
}

/* Hashes bytes behind those that `h` has hashed. Every step has a secret factor, so that no text can cancel what stands
 * before it. */
static inline uint64_t hash_bytes(const uint8_t *p, int64_t size, uint64_t seed, uint64_t h) {
    const uint64_t a = seed ^ PRIME_A, b = seed ^ PRIME_B;
    h ^= (uint64_t)size * PRIME_B;
    if (size < 16) {
        uint64_t first = 0, last = 0;
        if (size >= 8) first = load8(p), last = load8(p + size - 8);
        else if (size >= 4) first = load4(p), last = load4(p + size - 4);
        else if (size) first = (uint64_t)p[0] << 16 | (uint64_t)p[size / 2] << 8 | p[size - 1];
        return fold(first ^ a, last ^ h ^ b);
    }
    const uint8_t *tail = p + size - 16;
    if (size > 64) {
        uint64_t h2 = h ^ a, h3 = h ^ b, h4 = ~h;
        for (; tail - p >= 48; p += 64) {
            h = fold(load8(p) ^ a, load8(p + 8) ^ h);
            h2 = fold(load8(p + 16) ^ b, load8(p + 24) ^ h2);
            h3 = fold(load8(p + 32) ^ a, load8(p + 40) ^ h3);
            h4 = fold(load8(p + 48) ^ b, load8(p + 56) ^ h4);
        }
        h = fold(h ^ a, h2 ^ b) ^ fold(h3 ^ a, h4 ^ seed);
    }
    for (; p < tail; p += 16) h = fold(load8(p) ^ a, load8(p + 8) ^ h);
    return fold(load8(tail) ^ b, load8(tail + 8) ^ h);
}

static inline int same_bytes(const uint8_t *p, const uint8_t *q, int64_t size) {
    if (size >= 64) return !memcmp(p, q, (size_t)size);
    if (size < 8) {
        if (size >= 4) return load4(p) == load4(q) && load4(p + size - 4) == load4(q + size - 4);
        for (int64_t i = 0; i < size; i++)
            if (p[i] != q[i]) return 0;
        return 1;
    }
    uint64_t differs = load8(p + size - 8) ^ load8(q + size - 8);
    for (int64_t i = 0; i + 8 <= size; i += 8) differs |= load8(p + i) ^ load8(q + i);
    return !differs;
}

/* ---- 64-bit keys and their ids: open addressing ---- */

typedef struct { uint64_t key; int32_t id; } key_slot;
typedef struct { key_slot *slots; uint64_t mask, seed; int64_t used; } key_table;

static inline uint64_t key_place(const key_table *t, uint64_t key) { return fold(key ^ PRIME_B, t->seed) & t->mask; }

static inline void key_prefetch(const key_table *t, uint64_t key) {
    if (t->slots) PREFETCH(&t->slots[key_place(t, key)]);
}

static inline int key_grow(key_table *t) {
    key_table new = {.mask = t->slots ? 2 * t->mask + 1 : 4095, .seed = t->seed, .used = t->used};
    new.slots = fresh((size_t)(new.mask + 1) * sizeof(key_slot));
    if (!new.slots) return -1;
    for (uint64_t i = 0; i <= new.mask; i++) new.slots[i].id = EMPTY;
    for (uint64_t i = 0; t->slots && i <= t->mask; i++) {
        if (t->slots[i].id == EMPTY) continue;
        uint64_t place = key_place(&new, t->slots[i].key);
        while (new.slots[place].id != EMPTY) place = (place + 1) & new.mask;
        new.slots[place] = t->slots[i];
    }
    free(t->slots);
    *t = new;
    return 0;
}

/* Returns the id of a key, or EMPTY. */
static inline int32_t key_find(const key_table *t, uint64_t key) {
    if (!t->slots) return EMPTY;
    for (uint64_t place = key_place(t, key); t->slots[place].id != EMPTY; place = (place + 1) & t->mask)
        if (t->slots[place].key == key) return t->slots[place].id;
    return EMPTY;
}

/* Returns the id of a key. A new one gets `next`. */
static inline int32_t key_intern(key_table *t, uint64_t key, int32_t next) {
    if ((!t->slots || 2 * t->used > (int64_t)t->mask) && key_grow(t)) return NO_MEMORY;
    uint64_t place = key_place(t, key);
    for (; t->slots[place].id != EMPTY; place = (place + 1) & t->mask)
        if (t->slots[place].key == key) return t->slots[place].id;
    t->slots[place] = (key_slot){key, next};
    t->used++;
    return next;
}

static inline void key_clear(key_table *t) {
    for (uint64_t i = 0; t->slots && i <= t->mask; i++) t->slots[i].id = EMPTY;
    t->used = 0;
}

/* ---- texts of up to two parts and their ids. Each text stands behind its size and shape in one of the `blocks`, which never move:
 * `count` of them, the last one with `room` bytes left from `next` on. `bytes` counts those that are taken ---- */

typedef struct { const uint8_t *first; int64_t first_size; const uint8_t *second; int64_t second_size; uint32_t flags; } text_key;
typedef struct { uint32_t hash; int32_t id; const uint8_t *place; } text_slot;
typedef struct { text_slot *slots; uint64_t mask; int64_t used, bytes; array blocks; uint8_t *next; size_t room; } text_table;
typedef struct { uint32_t size, shape; } text_head;

/* The place of the second part and the flags. Sizes of parts are below 2^30 where there is a second one. */
static inline text_head head_of(const text_key *k) {
    return (text_head){(uint32_t)(k->first_size + k->second_size), (uint32_t)k->first_size * 4 + k->flags};
}

static inline uint32_t text_hash(const text_key *k, uint64_t seed) {
    uint64_t h = hash_bytes(k->first, k->first_size, seed, k->flags);
    if (k->second_size) h = hash_bytes(k->second, k->second_size, seed, h);
    return (uint32_t)(h ^ h >> 32);
}

/* Makes room for one more text, so that a place found next stays valid. */
static inline int text_room(text_table *t) {
    if (t->slots && 2 * t->used <= (int64_t)t->mask) return 0;
    uint64_t mask = t->slots ? 2 * t->mask + 1 : 1023;
    text_slot *slots = fresh((size_t)(mask + 1) * sizeof(text_slot));
    if (!slots) return -1;
    for (uint64_t i = 0; i <= mask; i++) slots[i].id = EMPTY;
    for (uint64_t i = 0; t->slots && i <= t->mask; i++) {
        if (t->slots[i].id == EMPTY) continue;
        uint64_t place = t->slots[i].hash & mask;
        while (slots[place].id != EMPTY) place = (place + 1) & mask;
        slots[place] = t->slots[i];
    }
    free(t->slots);
    t->slots = slots;
    t->mask = mask;
    return 0;
}

static inline void text_prefetch(const text_table *t, uint32_t hash) {
    if (t->slots) PREFETCH(&t->slots[hash & t->mask]);
}

/* Fetches the text in the first slot of a hash, whose slot has been fetched. */
static inline void text_prefetch_bytes(const text_table *t, uint32_t hash) {
    if (t->slots && t->slots[hash & t->mask].hash == hash && t->slots[hash & t->mask].id != EMPTY)
        PREFETCH(t->slots[hash & t->mask].place);
}

/* Returns the id of a text, or EMPTY; `place` is then where `text_add` may put it. There must be room. */
static inline int32_t text_find(const text_table *t, const text_key *k, uint32_t hash, uint64_t *place) {
    const text_head wanted = head_of(k);
    for (*place = hash & t->mask; t->slots[*place].id != EMPTY; *place = (*place + 1) & t->mask) {
        if (t->slots[*place].hash != hash) continue;
        const uint8_t *known = t->slots[*place].place;
        text_head head;
        memcpy(&head, known, sizeof head);
        known += sizeof head;
        if (head.size == wanted.size && head.shape == wanted.shape && same_bytes(known, k->first, k->first_size) &&
            same_bytes(known + k->first_size, k->second, k->second_size))
            return t->slots[*place].id;
    }
    return EMPTY;
}

#define SMALL_BLOCK ((size_t)32 << 10)

/* Begins a block with room for `size` bytes, larger than the one before up to 2 MiB. */
static inline int text_block(text_table *t, size_t size) {
    size_t room = SMALL_BLOCK << (t->blocks.count < 6 ? t->blocks.count : 6);
    if (room < size) room = size;
    uint8_t *block = reserve(&t->blocks, 1, sizeof block) ? NULL : fresh(room);
    if (!block) return -1;
    AT(t->blocks, uint8_t *, t->blocks.count++) = t->next = block;
    t->room = room;
    return 0;
}

static inline int text_add(text_table *t, const text_key *k, uint32_t hash, uint64_t place, int32_t id) {
    const text_head head = head_of(k);
    size_t size = sizeof head + head.size;
    if (t->room < size && text_block(t, size)) return -1;
    uint8_t *to = t->next + sizeof head;
    memcpy(t->next, &head, sizeof head);
    memcpy(to, k->first, (size_t)k->first_size);
    if (k->second_size) memcpy(to + k->first_size, k->second, (size_t)k->second_size);
    t->slots[place] = (text_slot){hash, id, t->next};
    t->next += size;
    t->room -= size;
    t->bytes += (int64_t)size;
    t->used++;
    return 0;
}

/* Returns the id of a text, known or new. Ids count the texts from 0. */
static inline int32_t text_intern(text_table *t, const text_key *k, uint32_t hash) {
    uint64_t place;
    if (text_room(t)) return NO_MEMORY;
    int32_t id = text_find(t, k, hash, &place);
    if (id != EMPTY) return id;
    id = (int32_t)t->used;
    return text_add(t, k, hash, place, id) ? NO_MEMORY : id;
}

static inline void text_clear(text_table *t) {
    for (uint64_t i = 0; t->slots && i <= t->mask; i++) t->slots[i].id = EMPTY;
    while (t->blocks.count) free(AT(t->blocks, uint8_t *, --t->blocks.count));
    t->used = t->bytes = 0;
    t->room = 0;
}

static inline void text_free(text_table *t) {
    text_clear(t);
    free(t->slots);
    free(t->blocks.items);
}

#endif
