/* pickle.h: Python's pickle format, read as data.
 *
 * A pickle is a program for a small stack machine that may import and call anything. This reader runs none of it: it
 * builds numbers, strings, tuples, lists and dicts, and keeps what the program would import or call as opaque values
 * ("global torch._utils._rebuild_tensor_v2, called with this tuple") for the reader of a format to recognise or refuse.
 * Values live until nc_pickle_free and may contain themselves, so whoever walks them bounds the depth. Strings point
 * into the input, which must stay. Read from Python's pickletools.py; protocols 2 to 5. */
#ifndef NC_STORE_PICKLE_H
#define NC_STORE_PICKLE_H

#include <stdbool.h>
#include <stddef.h>

enum nc_pickle_kind {
    NC_PICKLE_NONE,
    NC_PICKLE_BOOL,       /* integer */
    NC_PICKLE_INTEGER,    /* integer */
    NC_PICKLE_LONG,       /* bytes: an integer of more than 64 bits, little-endian two's complement */
    NC_PICKLE_FLOAT,      /* real */
    NC_PICKLE_STRING,     /* bytes: UTF-8, not checked, not terminated */
    NC_PICKLE_BYTES,      /* bytes; also Python 2's str */
    NC_PICKLE_TUPLE,      /* items */
    NC_PICKLE_LIST,       /* items */
    NC_PICKLE_SET,        /* items */
    NC_PICKLE_DICT,       /* items: key, value, key, value, ... */
    NC_PICKLE_GLOBAL,     /* module and name, as two strings in items */
    NC_PICKLE_CALL,       /* callable(arguments); items: the pairs or elements added to it afterwards */
    NC_PICKLE_PERSISTENT, /* callable unused; arguments: the persistent id */
};

struct nc_pickle_value {
    enum nc_pickle_kind kind;
    union {
        long long integer;
        double real;
        struct {
            const unsigned char *data;
            size_t size;
        } bytes;
        struct {
            struct nc_pickle_value **data;
            size_t count, capacity;
        } items;
    };
    struct nc_pickle_value *callable, *arguments; /* CALL */
    struct nc_pickle_value *state;                /* what BUILD gave it, or NULL */
};

struct nc_pickle_chunk;

struct nc_pickle {
    struct nc_pickle_value *root;  /* NULL after an error */
    struct nc_pickle_value *persistent; /* a list of all persistent ids in it, whether the root reaches them or not */
    size_t size;                   /* bytes of the input that the pickle took, STOP included */
    char error[160];               /* what is wrong with it and at which byte; "" if nothing */
    struct nc_pickle_chunk *chunks;
    size_t taken;                  /* bytes of memory, against the limit */
};

/* Reads the pickle at the beginning of `bytes`. True on success; otherwise `error` tells. nc_pickle_free either way.
 * Memory is limited to 256 MiB beyond the input, the stack to 1 Mi values, the memo to 4 Mi entries. */
bool nc_pickle_read(struct nc_pickle *pickle, const void *bytes, size_t size);
void nc_pickle_free(struct nc_pickle *pickle);

/* The value of a text key in a dict, or in an object that dict items were added to (OrderedDict); the last one wins.
 * NULL if there is none. */
struct nc_pickle_value *nc_pickle_get(const struct nc_pickle_value *dict, const char *key);

/* Whether the value is the text (either kind of string). */
bool nc_pickle_is_text(const struct nc_pickle_value *value, const char *text);

/* Whether the value is the global `module.name`. */
bool nc_pickle_is_global(const struct nc_pickle_value *value, const char *module, const char *name);

/* Whether the value is a dict, or an OrderedDict or the like made by calling a global named so with no arguments. */
bool nc_pickle_is_dict(const struct nc_pickle_value *value);

/* The bytes of a BYTES value, or of the text that protocol 2 writes in their place: _codecs.encode(text, "latin1").
 * The result lives as long as the pickle. False if the value is neither. */
bool nc_pickle_bytes(struct nc_pickle *pickle, const struct nc_pickle_value *value, const unsigned char **data,
                     size_t *size);

#endif
