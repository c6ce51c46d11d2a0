#include "pickle_write.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "system/endian.h"
#include "internal.h"

void nc_pickle_put_integer(FILE *to, long long value)
{
    int width = value < INT_MIN || value > INT_MAX ? 8 : value < 0 || value >= 1 << 16 ? 4 : value >= 1 << 8 ? 2 : 1;
    fputs(width == 1 ? "K" : width == 2 ? "M" : width == 4 ? "J" : "\x8a\x08", to); /* BININT1, 2, BININT, LONG1 */
    nc_write_little(to, (unsigned long long)value, width);
}

static void put_string(FILE *to, const char *bytes, size_t length)
{
    fputc('X', to); /* BINUNICODE */
    nc_write_little(to, length, 4);
    fwrite(bytes, 1, length, to);
}

void nc_pickle_put_text(FILE *to, const char *text)
{
    put_string(to, text, strlen(text));
}

void nc_pickle_put_tensor(FILE *to, const struct nc_parameter *p, int number)
{
    char key[16];
    long long stride[NC_MAX_RANK + 1] = {0}, elements = 1;
    for (int d = p->rank - 1; d >= 0; d--) {
        stride[d] = elements;
        elements *= p->shape[d];
    }
    snprintf(key, sizeof key, "%d", number);
    fputs("ctorch._utils\n_rebuild_tensor_v2\n((", to); /* GLOBAL; MARK: arguments; MARK: persistent id */
    nc_pickle_put_text(to, "storage");
    fputs(p->kind == NC_COUNT ? "ctorch\nLongStorage\n" : "ctorch\nFloatStorage\n", to);
    nc_pickle_put_text(to, key);
    nc_pickle_put_text(to, "cpu");
    nc_pickle_put_integer(to, elements);
    fputs("tQ", to); /* TUPLE, BINPERSID */
    nc_pickle_put_integer(to, 0);
    fputc('(', to);
    for (int d = 0; d < p->rank; d++)
        nc_pickle_put_integer(to, p->shape[d]);
    fputs("t(", to);
    for (int d = 0; d < p->rank; d++)
        nc_pickle_put_integer(to, stride[d]);
    fputs("t\x89" "ccollections\nOrderedDict\n)RtR", to); /* requires_grad=False, no hooks; TUPLE, REDUCE */
}

/* ---- Literals ---------------------------------------------------------------------------------------------------- */

static void put_real(FILE *to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    fputc('G', to); /* BINFLOAT, the only big-endian one */
    for (int i = 7; i >= 0; i--)
        fputc((int)(bits >> 8 * i & 255), to);
}

/* A number, True, False or None. Returns what stands behind it. */
static const char *put_word(FILE *to, const char *text)
{
    size_t length = strcspn(text, ",)]");
    if (isalpha((unsigned char)*text)) {
        fputs(*text == 'T' ? "\x88" : *text == 'F' ? "\x89" : "N", to); /* NEWTRUE, NEWFALSE, NONE */
    } else if (strcspn(text, ".en") < length) {
        put_real(to, strtod(text, NULL));
    } else {
        nc_pickle_put_integer(to, strtoll(text, NULL, 10));
    }
    return text + length;
}

static const char *put_literal(FILE *to, const char *text)
{
    if (*text == '\'' || *text == '"') {
        size_t length = strcspn(text + 1, (char[]){*text, '\0'});
        put_string(to, text + 1, length);
        return text + length + 2;
    }
    if (*text != '(' && *text != '[')
        return put_word(to, text);
    bool tuple = *text++ == '(';
    fputs(tuple ? "(" : "](", to); /* MARK; EMPTY_LIST, MARK */
    while (*text != ')' && *text != ']') {
        text = put_literal(to, text);
        text += strspn(text, ", ");
    }
    fputs(tuple ? "t" : "e", to); /* TUPLE, APPENDS */
    return text + 1;
}

void nc_pickle_put_items(FILE *to, const char *items)
{
    while (*items) {
        items = put_literal(to, items);
        items += strspn(items, ": ");
        items = put_literal(to, items);
        items += strspn(items, ", ");
    }
}
