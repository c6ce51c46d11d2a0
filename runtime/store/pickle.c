#include "pickle.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/endian.h"
#include "internal.h"

enum {
    CHUNK = 64 << 10,
    MOST_MEMORY = 256 << 20,
    MOST_STACK = 1 << 20,
    MOST_MEMO = 4 << 20,
};

struct nc_pickle_chunk {
    struct nc_pickle_chunk *next;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
};

/* The stack machine while it runs. A MARK is a NULL on the stack. */
struct machine {
    struct nc_pickle *pickle;
    const unsigned char *bytes;
    size_t size, at;
    size_t opcode_at;
    struct nc_pickle_value **stack;
    size_t depth, stack_capacity;
    struct nc_pickle_value **memo;
    size_t memo_next, memo_capacity; /* memo_next: where MEMOIZE puts the next one */
    bool failed;
};

/* ---- Errors and memory ----------------------------------------------------------------------------------------- */

static void fail(struct machine *m, const char *what)
{
    if (!m->failed)
        snprintf(m->pickle->error, sizeof m->pickle->error, "%s at byte %zu", what, m->opcode_at);
    m->failed = true;
}

static void *take(struct nc_pickle *pickle, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    struct nc_pickle_chunk *chunk = pickle->chunks;
    if (!chunk || chunk->size - chunk->used < size) {
        size_t capacity = size > CHUNK ? size : CHUNK;
        if (capacity > MOST_MEMORY - pickle->taken)
            return NULL;
        chunk = nc_memory_grow(NULL, NULL, (long long)(sizeof *chunk + capacity), 1, "a pickle");
        *chunk = (struct nc_pickle_chunk){.next = pickle->chunks, .size = capacity};
        pickle->chunks = chunk;
        pickle->taken += capacity;
    }
    void *memory = chunk->bytes + chunk->used;
    chunk->used += size;
    return memory;
}

static struct nc_pickle_value *new_value(struct machine *m, enum nc_pickle_kind kind)
{
    struct nc_pickle_value *value = take(m->pickle, sizeof *value);
    if (!value) {
        fail(m, "too large");
        return NULL;
    }
    memset(value, 0, sizeof *value);
    value->kind = kind;
    return value;
}

static bool reserve_items(struct machine *m, struct nc_pickle_value *value, size_t more)
{
    size_t count = value->items.count + more;
    if (count <= value->items.capacity)
        return true;
    size_t capacity = value->items.capacity * 2 > count ? value->items.capacity * 2 : count;
    struct nc_pickle_value **data = take(m->pickle, capacity * sizeof *data);
    if (!data) {
        fail(m, "too large");
        return false;
    }
    if (value->items.count)
        memcpy(data, value->items.data, value->items.count * sizeof *data);
    value->items.data = data;
    value->items.capacity = capacity;
    return true;
}

static void add_item(struct machine *m, struct nc_pickle_value *value, struct nc_pickle_value *item)
{
    if (reserve_items(m, value, 1))
        value->items.data[value->items.count++] = item;
}

/* ---- Input ----------------------------------------------------------------------------------------------------- */

/* The next `count` bytes, or NULL and a failure if there are fewer. */
static const unsigned char *next_bytes(struct machine *m, size_t count)
{
    if (m->failed)
        return NULL;
    if (count > m->size - m->at) {
        fail(m, "it ends in the middle of a value");
        return NULL;
    }
    const unsigned char *bytes = m->bytes + m->at;
    m->at += count;
    return bytes;
}

/* A little-endian number of `width` bytes, unsigned; 0 after a failure. */
static uint64_t next_number(struct machine *m, int width)
{
    const unsigned char *bytes = next_bytes(m, (size_t)width);
    return bytes ? nc_little(bytes, width) : 0;
}

/* The bytes up to the next newline, which is taken too. */
static struct nc_pickle_value *next_line(struct machine *m)
{
    const unsigned char *start = m->bytes + m->at;
    const unsigned char *end = m->size > m->at ? memchr(start, '\n', m->size - m->at) : NULL;
    if (!end) {
        fail(m, "a line without an end");
        return NULL;
    }
    m->at += (size_t)(end - start) + 1;
    struct nc_pickle_value *value = new_value(m, NC_PICKLE_STRING);
    if (value) {
        value->bytes.data = start;
        value->bytes.size = (size_t)(end - start);
    }
    return value;
}

/* ---- Stack and memo -------------------------------------------------------------------------------------------- */

/* NULL pushes a mark; after a failure nothing is pushed. */
static void push(struct machine *m, struct nc_pickle_value *value)
{
    if (m->failed)
        return;
    if (m->depth == m->stack_capacity) {
        size_t capacity = m->stack_capacity ? m->stack_capacity * 2 : 256;
        if (capacity > MOST_STACK) {
            fail(m, "the stack grows too large");
            return;
        }
        m->stack = nc_memory_grow(NULL, m->stack, (long long)capacity, sizeof *m->stack, "a pickle");
        m->stack_capacity = capacity;
    }
    m->stack[m->depth++] = value;
}

static struct nc_pickle_value *top(struct machine *m)
{
    if (m->depth == 0 || !m->stack[m->depth - 1]) {
        fail(m, "a value is missing on the stack");
        return NULL;
    }
    return m->stack[m->depth - 1];
}

static struct nc_pickle_value *pop(struct machine *m)
{
    struct nc_pickle_value *value = top(m);
    if (value)
        m->depth--;
    return value;
}

/* Index of the topmost mark; what stands above it belongs to the opcode. */
static size_t find_mark(struct machine *m)
{
    for (size_t i = m->depth; i-- > 0;) {
        if (!m->stack[i])
            return i;
    }
    fail(m, "a mark is missing on the stack");
    return m->depth;
}

static void put_memo(struct machine *m, size_t index)
{
    struct nc_pickle_value *value = top(m);
    if (!value)
        return;
    if (index >= m->memo_capacity) {
        size_t capacity = m->memo_capacity ? m->memo_capacity : 256;
        while (capacity <= index && capacity < MOST_MEMO)
            capacity *= 2;
        if (index >= capacity) {
            fail(m, "a memo number is too large");
            return;
        }
        m->memo = nc_memory_grow(NULL, m->memo, (long long)capacity, sizeof *m->memo, "a pickle");
        memset(m->memo + m->memo_capacity, 0, (capacity - m->memo_capacity) * sizeof *m->memo);
        m->memo_capacity = capacity;
    }
    if (!m->memo[index])
        m->memo_next++;
    m->memo[index] = value;
}

static void get_memo(struct machine *m, size_t index)
{
    if (index >= m->memo_capacity || !m->memo[index])
        fail(m, "a memo number that nothing was stored under");
    else
        push(m, m->memo[index]);
}

/* ---- Opcodes --------------------------------------------------------------------------------------------------- */

static void push_kind(struct machine *m, enum nc_pickle_kind kind)
{
    struct nc_pickle_value *value = new_value(m, kind);
    if (value)
        push(m, value);
}

static void push_integer(struct machine *m, enum nc_pickle_kind kind, long long integer)
{
    struct nc_pickle_value *value = m->failed ? NULL : new_value(m, kind);
    if (!value)
        return;
    value->integer = integer;
    push(m, value);
}

static void push_bytes(struct machine *m, enum nc_pickle_kind kind, uint64_t size)
{
    const unsigned char *data = next_bytes(m, size > SIZE_MAX ? SIZE_MAX : (size_t)size);
    struct nc_pickle_value *value = data ? new_value(m, kind) : NULL;
    if (!value)
        return;
    value->bytes.data = data;
    value->bytes.size = (size_t)size;
    push(m, value);
}

static void push_long(struct machine *m, size_t size)
{
    const unsigned char *data = next_bytes(m, size);
    if (!data)
        return;
    if (size > 8) {
        m->at -= size;
        push_bytes(m, NC_PICKLE_LONG, size);
        return;
    }
    uint64_t bits = nc_little(data, (int)size);
    if (size > 0 && size < 8 && data[size - 1] & 0x80)
        bits |= ~(uint64_t)0 << 8 * size;
    push_integer(m, NC_PICKLE_INTEGER, (long long)bits);
}

static void push_float(struct machine *m)
{
    const unsigned char *data = next_bytes(m, 8);
    struct nc_pickle_value *value = data ? new_value(m, NC_PICKLE_FLOAT) : NULL;
    if (!value)
        return;
    const uint64_t bits = nc_big(data, 8);
    memcpy(&value->real, &bits, sizeof bits);
    push(m, value);
}

/* The top `count` values, as a tuple. */
static void push_tuple(struct machine *m, size_t count)
{
    struct nc_pickle_value *tuple = new_value(m, NC_PICKLE_TUPLE);
    if (!tuple || !reserve_items(m, tuple, count))
        return;
    for (size_t i = 0; i < count; i++) {
        if (count > m->depth || !m->stack[m->depth - count + i]) {
            fail(m, "a value is missing on the stack");
            return;
        }
        add_item(m, tuple, m->stack[m->depth - count + i]);
    }
    m->depth -= count;
    push(m, tuple);
}

/* What stands above the mark, as one value of the kind; the mark goes too. */
static void push_from_mark(struct machine *m, enum nc_pickle_kind kind)
{
    size_t mark = find_mark(m);
    struct nc_pickle_value *value = m->failed ? NULL : new_value(m, kind);
    size_t count = m->depth - mark - 1;
    if (!value || !reserve_items(m, value, count))
        return;
    for (size_t i = 0; i < count; i++)
        add_item(m, value, m->stack[mark + 1 + i]);
    if (kind == NC_PICKLE_DICT && count % 2)
        fail(m, "a dict key without a value");
    m->depth = mark;
    push(m, value);
}

/* Adds the values from stack index `from` to the container below them (and below the mark, if there is one). */
static void add_to_container(struct machine *m, size_t from, bool mark, bool pairs)
{
    size_t below = from - (mark ? 1 : 0);
    struct nc_pickle_value *container = m->failed || below == 0 || below > m->depth ? NULL : m->stack[below - 1];
    if (!container) {
        fail(m, "a container is missing on the stack");
        return;
    }
    bool fits = container->kind == NC_PICKLE_CALL
                || (pairs ? container->kind == NC_PICKLE_DICT
                          : container->kind == NC_PICKLE_LIST || container->kind == NC_PICKLE_SET);
    size_t count = m->depth - from;
    if (!fits || (pairs && count % 2)) {
        fail(m, pairs ? "dict items for something else" : "list items for something else");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (!m->stack[from + i]) {
            fail(m, "a value is missing on the stack");
            return;
        }
        add_item(m, container, m->stack[from + i]);
    }
    m->depth = below;
}

static void add_last(struct machine *m, size_t count, bool pairs)
{
    if (m->depth < count + 1)
        fail(m, "a value is missing on the stack");
    else
        add_to_container(m, m->depth - count, false, pairs);
}

static void add_from_mark(struct machine *m, bool pairs)
{
    size_t mark = find_mark(m);
    if (!m->failed)
        add_to_container(m, mark + 1, true, pairs);
}

static void push_global(struct machine *m, struct nc_pickle_value *module, struct nc_pickle_value *name)
{
    struct nc_pickle_value *value = module && name ? new_value(m, NC_PICKLE_GLOBAL) : NULL;
    if (!value)
        return;
    if (module->kind != NC_PICKLE_STRING || name->kind != NC_PICKLE_STRING) {
        fail(m, "a global whose name is no string");
        return;
    }
    add_item(m, value, module);
    add_item(m, value, name);
    push(m, value);
}

/* Python 2 pickles an OrderedDict as a call with a list of pairs, where Python 3 adds them to an empty one. */
static void take_pairs(struct machine *m, struct nc_pickle_value *dict)
{
    struct nc_pickle_value *arguments = dict->arguments;
    if (arguments->kind != NC_PICKLE_TUPLE || arguments->items.count != 1)
        return;
    const struct nc_pickle_value *list = arguments->items.data[0];
    if (list->kind != NC_PICKLE_LIST)
        return;
    for (size_t i = 0; i < list->items.count; i++) {
        const struct nc_pickle_value *pair = list->items.data[i];
        if ((pair->kind != NC_PICKLE_LIST && pair->kind != NC_PICKLE_TUPLE) || pair->items.count != 2)
            return; /* then it is no dict */
    }
    for (size_t i = 0; i < list->items.count; i++) {
        add_item(m, dict, list->items.data[i]->items.data[0]);
        add_item(m, dict, list->items.data[i]->items.data[1]);
    }
    dict->arguments = new_value(m, NC_PICKLE_TUPLE);
    if (!dict->arguments)
        dict->arguments = arguments;
}

/* REDUCE, NEWOBJ and NEWOBJ_EX alike: a callable and its arguments, kept and not called. */
static void push_call(struct machine *m, bool keywords)
{
    if (keywords)
        pop(m);
    struct nc_pickle_value *arguments = pop(m), *callable = pop(m);
    struct nc_pickle_value *value = arguments && callable ? new_value(m, NC_PICKLE_CALL) : NULL;
    if (!value)
        return;
    value->callable = callable;
    value->arguments = arguments;
    if (nc_pickle_is_global(callable, "collections", "OrderedDict"))
        take_pairs(m, value);
    push(m, value);
}

static void push_persistent(struct machine *m)
{
    struct nc_pickle_value *id = pop(m), *value = id ? new_value(m, NC_PICKLE_PERSISTENT) : NULL;
    if (!value)
        return;
    value->arguments = id;
    add_item(m, m->pickle->persistent, value);
    push(m, value);
}

static void build(struct machine *m)
{
    struct nc_pickle_value *state = pop(m), *object = state ? top(m) : NULL;
    if (object)
        object->state = state;
}

static void unknown(struct machine *m, int opcode)
{
    char what[64];
    snprintf(what, sizeof what, "opcode 0x%02x, which this reader does not know", (unsigned)opcode);
    fail(m, what);
}

/* One opcode; true if it is STOP. Names and codes as in Python's pickletools.py. */
static bool step(struct machine *m, int opcode)
{
    struct nc_pickle_value *a, *b;
    switch (opcode) {
    case '.': return true;                                                              /* STOP */
    case 0x80:                                                                          /* PROTO */
        if (next_number(m, 1) > 5)
            fail(m, "a protocol above 5");
        break;
    case 0x95: next_number(m, 8); break;                                                /* FRAME: nothing to do */
    case '(': push(m, NULL); break;                                                     /* MARK */
    case '0':                                                                           /* POP */
        if (m->depth == 0)
            fail(m, "a value is missing on the stack");
        else
            m->depth--;
        break;
    case '1': m->depth = find_mark(m); break;                                           /* POP_MARK */
    case '2': push(m, top(m)); break;                                                   /* DUP */
    case 'N': push_kind(m, NC_PICKLE_NONE); break;                                      /* NONE */
    case 0x88: push_integer(m, NC_PICKLE_BOOL, 1); break;                               /* NEWTRUE */
    case 0x89: push_integer(m, NC_PICKLE_BOOL, 0); break;                               /* NEWFALSE */
    case 'J': push_integer(m, NC_PICKLE_INTEGER, (int32_t)next_number(m, 4)); break;    /* BININT */
    case 'K': push_integer(m, NC_PICKLE_INTEGER, (int32_t)next_number(m, 1)); break;    /* BININT1 */
    case 'M': push_integer(m, NC_PICKLE_INTEGER, (int32_t)next_number(m, 2)); break;    /* BININT2 */
    case 0x8a: push_long(m, (size_t)next_number(m, 1)); break;                          /* LONG1 */
    case 0x8b: push_long(m, (size_t)next_number(m, 4)); break;                          /* LONG4 */
    case 'G': push_float(m); break;                                                     /* BINFLOAT */
    case 'X': push_bytes(m, NC_PICKLE_STRING, next_number(m, 4)); break;                /* BINUNICODE */
    case 0x8c: push_bytes(m, NC_PICKLE_STRING, next_number(m, 1)); break;               /* SHORT_BINUNICODE */
    case 0x8d: push_bytes(m, NC_PICKLE_STRING, next_number(m, 8)); break;               /* BINUNICODE8 */
    case 'U': push_bytes(m, NC_PICKLE_BYTES, next_number(m, 1)); break;                 /* SHORT_BINSTRING */
    case 'T': push_bytes(m, NC_PICKLE_BYTES, next_number(m, 4)); break;                 /* BINSTRING */
    case 'C': push_bytes(m, NC_PICKLE_BYTES, next_number(m, 1)); break;                 /* SHORT_BINBYTES */
    case 'B': push_bytes(m, NC_PICKLE_BYTES, next_number(m, 4)); break;                 /* BINBYTES */
    case 0x8e: push_bytes(m, NC_PICKLE_BYTES, next_number(m, 8)); break;                /* BINBYTES8 */
    case 0x96: push_bytes(m, NC_PICKLE_BYTES, next_number(m, 8)); break;                /* BYTEARRAY8 */
    case ')': push_kind(m, NC_PICKLE_TUPLE); break;                                     /* EMPTY_TUPLE */
    case 0x85: push_tuple(m, 1); break;                                                 /* TUPLE1 */
    case 0x86: push_tuple(m, 2); break;                                                 /* TUPLE2 */
    case 0x87: push_tuple(m, 3); break;                                                 /* TUPLE3 */
    case 't': push_from_mark(m, NC_PICKLE_TUPLE); break;                                /* TUPLE */
    case ']': push_kind(m, NC_PICKLE_LIST); break;                                      /* EMPTY_LIST */
    case 'l': push_from_mark(m, NC_PICKLE_LIST); break;                                 /* LIST */
    case 'a': add_last(m, 1, false); break;                                             /* APPEND */
    case 'e': add_from_mark(m, false); break;                                           /* APPENDS */
    case '}': push_kind(m, NC_PICKLE_DICT); break;                                      /* EMPTY_DICT */
    case 'd': push_from_mark(m, NC_PICKLE_DICT); break;                                 /* DICT */
    case 's': add_last(m, 2, true); break;                                              /* SETITEM */
    case 'u': add_from_mark(m, true); break;                                            /* SETITEMS */
    case 0x8f: push_kind(m, NC_PICKLE_SET); break;                                      /* EMPTY_SET */
    case 0x90: add_from_mark(m, false); break;                                          /* ADDITEMS */
    case 0x91: push_from_mark(m, NC_PICKLE_SET); break;                                 /* FROZENSET */
    case 'q': put_memo(m, (size_t)next_number(m, 1)); break;                            /* BINPUT */
    case 'r': put_memo(m, (size_t)next_number(m, 4)); break;                            /* LONG_BINPUT */
    case 0x94: put_memo(m, m->memo_next); break;                                        /* MEMOIZE */
    case 'h': get_memo(m, (size_t)next_number(m, 1)); break;                            /* BINGET */
    case 'j': get_memo(m, (size_t)next_number(m, 4)); break;                            /* LONG_BINGET */
    case 'c':                                                                           /* GLOBAL */
        a = next_line(m);
        b = a ? next_line(m) : NULL;
        push_global(m, a, b);
        break;
    case 0x93:                                                                          /* STACK_GLOBAL */
        b = pop(m);
        a = b ? pop(m) : NULL;
        push_global(m, a, b);
        break;
    case 'R': push_call(m, false); break;                                               /* REDUCE */
    case 0x81: push_call(m, false); break;                                              /* NEWOBJ */
    case 0x92: push_call(m, true); break;                                               /* NEWOBJ_EX */
    case 'b': build(m); break;                                                          /* BUILD */
    case 'Q': push_persistent(m); break;                                                /* BINPERSID */
    default: unknown(m, opcode);
    }
    return false;
}

bool nc_pickle_read(struct nc_pickle *pickle, const void *bytes, size_t size)
{
    *pickle = (struct nc_pickle){0};
    struct machine m = {.pickle = pickle, .bytes = bytes, .size = size};
    pickle->persistent = new_value(&m, NC_PICKLE_LIST);
    while (!m.failed) {
        m.opcode_at = m.at;
        const unsigned char *opcode = next_bytes(&m, 1);
        if (opcode && step(&m, *opcode))
            break;
    }
    if (!m.failed)
        pickle->root = pop(&m);
    pickle->size = m.at;
    free(m.stack);
    free(m.memo);
    return pickle->root != NULL;
}

void nc_pickle_free(struct nc_pickle *pickle)
{
    while (pickle->chunks) {
        struct nc_pickle_chunk *next = pickle->chunks->next;
        free(pickle->chunks);
        pickle->chunks = next;
    }
    pickle->root = NULL;
    pickle->taken = 0;
}

/* ---- Bytes in disguise ------------------------------------------------------------------------------------------ */

bool nc_pickle_bytes(struct nc_pickle *pickle, const struct nc_pickle_value *value, const unsigned char **data,
                     size_t *size)
{
    if (!value)
        return false;
    if (value->kind == NC_PICKLE_BYTES) {
        *data = value->bytes.data;
        *size = value->bytes.size;
        return true;
    }
    if (value->kind != NC_PICKLE_CALL || !nc_pickle_is_global(value->callable, "_codecs", "encode")
        || value->arguments->kind != NC_PICKLE_TUPLE || value->arguments->items.count != 2
        || value->arguments->items.data[0]->kind != NC_PICKLE_STRING
        || !nc_pickle_is_text(value->arguments->items.data[1], "latin1"))
        return false;
    const unsigned char *text = value->arguments->items.data[0]->bytes.data;
    size_t length = value->arguments->items.data[0]->bytes.size, count = 0;
    unsigned char *decoded = take(pickle, length);
    if (!decoded)
        return false;
    for (size_t i = 0; i < length; count++) { /* UTF-8 of U+0000 to U+00FF: one byte, or C2/C3 and one more */
        if (text[i] < 0x80) {
            decoded[count] = text[i++];
        } else if ((text[i] == 0xc2 || text[i] == 0xc3) && i + 1 < length && (text[i + 1] & 0xc0) == 0x80) {
            decoded[count] = (unsigned char)(text[i] << 6 | (text[i + 1] & 0x3f));
            i += 2;
        } else {
            return false;
        }
    }
    *data = decoded;
    *size = count;
    return true;
}
