#include "npy.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/endian.h"
#include "data.h"

/* The text of the header on its way. */
struct header {
    struct nc_array *array;
    const char *at, *end;
};

static const char HINT[] = "write it with numpy.save";

_Noreturn static void fail(const struct nc_array *array, const char *what)
{
    nc_fail(array->data->run, HINT, "%s: %s: %s", array->data->name, array->name, what);
}

/* ---- The header, a dict ------------------------------------------------------------------------------------------ */

static void skip_blanks(struct header *h)
{
    while (h->at < h->end && (*h->at == ' ' || *h->at == '\n' || *h->at == '\t'))
        h->at++;
}

static int take(struct header *h, char c)
{
    skip_blanks(h);
    int found = h->at < h->end && *h->at == c;
    h->at += found;
    return found;
}

static void expect(struct header *h, char c)
{
    if (!take(h, c))
        fail(h->array, "its header is damaged");
}

/* A string in either quotes, cut to `capacity`. */
static void take_string(struct header *h, char *text, size_t capacity)
{
    skip_blanks(h);
    char quote = h->at < h->end ? *h->at : 0;
    size_t length = 0;
    if (quote == '[')
        fail(h->array, "it holds records of several fields; netc takes arrays of numbers");
    if (quote != '\'' && quote != '"')
        fail(h->array, "its header is damaged");
    for (h->at++; h->at < h->end && *h->at != quote; h->at++)
        if (length + 1 < capacity)
            text[length++] = *h->at;
    text[length] = 0;
    expect(h, quote);
}

static int take_bool(struct header *h)
{
    skip_blanks(h);
    int yes = h->end - h->at >= 4 && memcmp(h->at, "True", 4) == 0;
    if (!yes && (h->end - h->at < 5 || memcmp(h->at, "False", 5) != 0))
        fail(h->array, "its header is damaged");
    h->at += yes ? 4 : 5;
    return yes;
}

static void take_shape(struct header *h)
{
    struct nc_array *a = h->array;
    expect(h, '(');
    for (a->rank = 0; !take(h, ')');) {
        long long extent = 0;
        const char *first = h->at;
        for (; h->at < h->end && *h->at >= '0' && *h->at <= '9'; h->at++) {
            if (extent > LLONG_MAX / 10 - 10)
                fail(a, "an axis of it is too long");
            extent = extent * 10 + (*h->at - '0');
        }
        if (h->at == first)
            fail(a, "its header is damaged");
        if (a->rank == NC_MOST_AXES)
            fail(a, "it has more than 8 axes");
        a->shape[a->rank++] = extent;
        take(h, 'L'); /* of Python 2 */
        if (!take(h, ',')) {
            expect(h, ')');
            return;
        }
    }
}

/* "<f4": the order of the bytes, the kind, their number. */
static void read_type(struct nc_array *array, const char *type)
{
    static const char *const known[] = {"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"};
    char what[128];
    int found = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        found |= type[0] && strchr("<>|=", type[0]) && strcmp(type + 1, known[i]) == 0;
    if (!found) {
        snprintf(what, sizeof what, "its elements are '%.20s'; netc takes bool, integers and floats", type);
        fail(array, what);
    }
    array->swapped = type[0] == '>';
    array->kind = type[1];
    array->size = type[2] - '0';
}

static void read_dict(struct header *h)
{
    char key[32], type[32] = "";
    int seen = 0;
    expect(h, '{');
    while (!take(h, '}')) {
        take_string(h, key, sizeof key);
        expect(h, ':');
        if (strcmp(key, "descr") == 0)
            take_string(h, type, sizeof type), seen |= 1;
        else if (strcmp(key, "fortran_order") == 0)
            h->array->fortran = take_bool(h), seen |= 2;
        else if (strcmp(key, "shape") == 0)
            take_shape(h), seen |= 4;
        else
            fail(h->array, "its header is damaged");
        if (!take(h, ',')) {
            expect(h, '}');
            break;
        }
    }
    if (seen != 7)
        fail(h->array, "its header is damaged");
    read_type(h->array, type);
}

void nc_npy_parse(struct nc_array *array, const unsigned char *bytes, size_t size)
{
    size_t begin, length;
    char what[320], shape[160];
    const char *kind = nc_file_kind(bytes, size);
    if (kind != NULL && strcmp(kind, NC_ARRAY_FILE) != 0) {
        snprintf(what, sizeof what, "it is no file of numpy's, but %s", kind);
        fail(array, what);
    }
    if (size < 10 || memcmp(bytes, "\x93NUMPY", 6) != 0)
        fail(array, "it is no file of numpy's");
    if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
        fail(array, "its format is not 1.0, 2.0 or 3.0");
    begin = bytes[6] == 1 ? 10 : 12;
    if (size < begin)
        fail(array, "it ends in its header");
    length = nc_little(bytes + 8, (int)begin - 8);
    if (length > size - begin)
        fail(array, "it ends in its header");
    struct header h = {array, (const char *)bytes + begin, (const char *)bytes + begin + length};
    read_dict(&h);
    array->bytes = bytes + begin + length;
    array->elements = 1;
    nc_npy_shape(array, shape, sizeof shape);
    for (int i = 0; i < array->rank; i++) {
        if (array->shape[i] == 0) {
            snprintf(what, sizeof what, "it is empty: %s", shape);
            fail(array, what);
        }
        if (array->elements > LLONG_MAX / 16 / array->shape[i]) {
            snprintf(what, sizeof what, "it claims to be %s, which no file can be", shape);
            fail(array, what);
        }
        array->elements *= array->shape[i];
    }
    if (array->elements * array->size != (long long)(size - begin - length)) {
        snprintf(what, sizeof what, "it has %zu bytes of elements; %lld are expected of %s", size - begin - length,
                 array->elements * array->size, shape);
        fail(array, what);
    }
}

void nc_npy_shape(const struct nc_array *array, char *text, size_t capacity)
{
    size_t length = (size_t)snprintf(text, capacity, array->rank ? "" : "one number");
    for (int i = 0; i < array->rank && length < capacity; i++)
        length += (size_t)snprintf(text + length, capacity - length, "%s%lld", i ? "x" : "", array->shape[i]);
}

/* ---- Elements ---------------------------------------------------------------------------------------------------- */

/* IEEE 754's half: a sign, five bits of exponent, ten of fraction. */
static double half(unsigned bits)
{
    int exponent = (int)(bits >> 10 & 31), fraction = (int)(bits & 1023);
    double value = exponent == 0    ? ldexp(fraction, -24)
                   : exponent == 31 ? (fraction ? NAN : INFINITY)
                                    : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -value : value;
}

/* Where the element that is `place` in C's order stands in Fortran's. */
static long long fortran_place(const struct nc_array *array, long long place)
{
    long long at = 0, stride = array->elements;
    for (int i = array->rank - 1; i >= 0; i--) {
        stride /= array->shape[i];
        at += place % array->shape[i] * stride;
        place /= array->shape[i];
    }
    return at;
}

int nc_npy_is_ours(const struct nc_array *array, char kind)
{
    return array->kind == kind && array->size == 4 && array->swapped == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

double nc_npy_value(const struct nc_array *array, long long place)
{
    const unsigned char *at = array->bytes + (array->fortran ? fortran_place(array, place) : place) * array->size;
    unsigned long long bits;
    float single;
    double value;
    if (nc_npy_is_ours(array, 'f')) { /* most are */
        memcpy(&single, at, sizeof single);
        return single;
    }
    bits = array->swapped ? nc_big(at, array->size) : nc_little(at, array->size);
    switch (array->kind) {
    case 'f':
        if (array->size == 2)
            return half((unsigned)bits);
        if (array->size == 8) {
            memcpy(&value, &bits, sizeof value);
            return value;
        }
        unsigned word = (unsigned)bits;
        memcpy(&single, &word, sizeof single);
        return single;
    case 'i': { /* the sign's bit counts backwards */
        unsigned long long sign = 1ull << (8 * array->size - 1);
        return (double)(long long)((bits ^ sign) - sign);
    }
    case 'b': return bits != 0;
    default: return (double)bits;
    }
}
