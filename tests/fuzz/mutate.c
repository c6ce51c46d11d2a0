/* Changes of a .net text that know its tokens: numbers to edge values, names to others, arguments, lines and blocks
 * moved, doubled, left out, and taken over from other texts. libFuzzer calls the two functions at the end. */
#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vocabulary/vocabulary.h"

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t capacity, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second, size_t second_size,
                                 uint8_t *to, size_t capacity, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t capacity); /* libFuzzer's own changes, of bytes */

enum { MOST_BYTES = 1 << 16, MOST_PARTS = 1 << 13 };

typedef struct Draft {
    char *bytes;
    size_t size, capacity;
} Draft;

/* From `begin` up to `end`. */
typedef struct Part {
    size_t begin, end;
} Part;

typedef struct Parts {
    Part at[MOST_PARTS];
    int count;
} Parts;

static unsigned state; /* of the random numbers; set for each change, so that it can be made again */

static unsigned draw(unsigned below)
{
    state = state * 1664525u + 1013904223u;
    return below ? (state >> 8) % below : 0;
}

/* ---- Parts of a text --------------------------------------------------------------------------------------------- */

static void add_part(Parts *parts, size_t begin, size_t end)
{
    if (parts->count < MOST_PARTS && end > begin)
        parts->at[parts->count++] = (Part){begin, end};
}

static int is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static size_t end_of_number(const Draft *t, size_t at)
{
    while (at < t->size && (is_word(t->bytes[at]) || t->bytes[at] == '.' ||
                            ((t->bytes[at] == '-' || t->bytes[at] == '+') && tolower(t->bytes[at - 1]) == 'e')))
        at++;
    return at;
}

static size_t end_of_token(const Draft *t, size_t at)
{
    const char first = t->bytes[at++];
    if (isdigit((unsigned char)first))
        return end_of_number(t, at);
    if (is_word(first))
        while (at < t->size && is_word(t->bytes[at]))
            at++;
    if (first == '"')
        while (at < t->size && t->bytes[at] != '\n' && t->bytes[at++] != '"')
            ;
    return at;
}

enum { ANY, NAMES, NUMBERS };

/* Tokens of a kind; blanks and comments are none. */
static void find_tokens(const Draft *t, Parts *parts, int kind)
{
    parts->count = 0;
    for (size_t at = 0; at < t->size;) {
        unsigned char c = (unsigned char)t->bytes[at];
        if (c == '#' && strncmp(t->bytes + at, "#--set", t->size - at < 6 ? t->size - at : 6) != 0) {
            while (at < t->size && t->bytes[at] != '\n')
                at++;
            continue;
        }
        size_t end = end_of_token(t, at);
        if (kind == ANY ? !isspace(c) : kind == NUMBERS ? isdigit(c) : is_word((char)c) && !isdigit(c))
            add_part(parts, at, end);
        at = end;
    }
}

static void find_lines(const Draft *t, Parts *parts)
{
    parts->count = 0;
    for (size_t at = 0, end; at < t->size; at = end) {
        const char *newline = memchr(t->bytes + at, '\n', t->size - at);
        end = newline ? (size_t)(newline - t->bytes) + 1 : t->size;
        add_part(parts, at, end);
    }
}

/* What stands in brackets, without them; with them and the name in front of them if `whole`. */
static void find_groups(const Draft *t, Parts *parts, const char *opening, int whole)
{
    size_t open[256];
    int depth = 0;
    parts->count = 0;
    for (size_t at = 0; at < t->size; at++) {
        if (t->bytes[at] && strchr("([{", t->bytes[at]) && depth < 256) {
            open[depth++] = at;
        } else if (t->bytes[at] && strchr(")]}", t->bytes[at]) && depth > 0) {
            size_t begin = open[--depth], word = begin;
            if (!strchr(opening, t->bytes[begin]))
                continue;
            while (whole && word > 0 && (is_word(t->bytes[word - 1]) || t->bytes[word - 1] == ' '))
                word--;
            add_part(parts, whole ? word : begin + 1, whole ? at + 1 : at);
        }
    }
}

/* The arguments of calls and the elements of lists: what commas part. */
static void find_arguments(const Draft *t, Parts *parts)
{
    size_t begin[256] = {0};
    int depth = 0;
    parts->count = 0;
    for (size_t at = 0; at < t->size; at++) {
        const char c = t->bytes[at];
        if ((c == '(' || c == '[') && depth < 255) {
            begin[++depth] = at + 1;
        } else if ((c == ')' || c == ']') && depth > 0) {
            add_part(parts, begin[depth--], at);
        } else if (c == ',' && depth > 0) {
            add_part(parts, begin[depth], at);
            begin[depth] = at + 1;
        }
    }
}

/* ---- Changes ----------------------------------------------------------------------------------------------------- */

/* Puts `with` in the place of a part. Nothing happens where there is no room. */
static void replace(Draft *t, Part part, const char *with, size_t length)
{
    char copy[MOST_BYTES];
    if (length > sizeof copy || t->size - (part.end - part.begin) + length > t->capacity)
        return;
    memcpy(copy, with, length); /* it may be of this text */
    memmove(t->bytes + part.begin + length, t->bytes + part.end, t->size - part.end);
    memcpy(t->bytes + part.begin, copy, length);
    t->size = t->size - (part.end - part.begin) + length;
}

static Part any(const Parts *parts)
{
    return parts->at[draw((unsigned)parts->count)];
}

static Part nothing_at(size_t at)
{
    return (Part){at, at};
}

static Parts parts, others;

static const char *const edge_numbers[] = {
    "0", "1", "-1", "2", "3", "4", "5", "7", "8", "15", "16", "17", "31", "32", "33", "63", "64", "127", "128", "255",
    "256", "257", "1000", "4096", "10000", "65535", "65536", "100000", "1000000", "46341", "2147483647", "2147483648",
    "-2147483648", "-2147483649", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "18446744073709551615", "18446744073709551616", "1e9", "1e-9", "1e308", "1e309", "-1e308",
    "5e-324", "1e-320", "0.0", "-0.0", "0.5", "0.1", "1.0", "1.5", "0.9999999", "3.4028235e38", "1e39", "1e1000000",
    "2**31", "2**63 - 1", "2**1000", "(1, 2)", "[1]", "[]", "()", "(3, 3)", "[0.5, 0.5, 0.5]", "None", "True", "False",
    "_", "\"\"", "\"same\"", "1/0", "1//0", "1%0", "0x7fffffff", "00", "1_000",
};
static const char *const words[] = {
    "model", "block", "let", "data", "train", "test", "repeat", "Residual", "Sequential", "Concat", "seed", "loss",
    "optimizer", "scheduler", "epochs", "log", "save", "load", "init", "metric", "metrics", "clip", "accumulate",
    "precision", "exact", "threads", "batch_size", "shuffle", "every", "strict", "nn", "self", "range", "min", "max",
    "x", "_", "in", "for", "None", "True", "False", "inplace", "bias", "padding", "stride", "freeze", "lr",
};
static const char *const marks[] = {
    "(", ")", "[", "]", "{", "}", ",", ":", "=", "+", "-", "*", "/", "//", "%", "**", ".", "\"", "#", "\n", "_", "->",
    "\\", "'", "\xc3\xa9", "\xef\xbc\x8c", "\xe2\x80\xae", ";", "@", "==", "<", "!",
};

#define ONE_OF(list) (list)[draw(sizeof(list) / sizeof *(list))]

static void replace_word(Draft *t, Part part, const char *word)
{
    replace(t, part, word, strlen(word));
}

static void change_number(Draft *t)
{
    find_tokens(t, &parts, NUMBERS);
    if (!parts.count)
        return;
    Part part = any(&parts);
    char number[64];
    long long value = strtoll(t->bytes + part.begin, NULL, 10); /* a text has a zero behind it */
    switch (draw(8)) {
    case 0: value += value < LLONG_MAX; break;
    case 1: value -= value > LLONG_MIN; break;
    case 2: value = (long long)((unsigned long long)value * 2); break;
    case 3: value /= 2; break;
    case 4: value = (long long)draw(300); break;
    default: replace_word(t, part, ONE_OF(edge_numbers)); return;
    }
    snprintf(number, sizeof number, "%lld", value);
    replace_word(t, part, number);
}

/* A word of the vocabulary: a layer, ..., or an argument of one. */
static const char *vocabulary_word(void)
{
    static int nouns;
    Noun noun;
    while (vocabulary_noun(nouns, &noun))
        nouns++;
    vocabulary_noun((int)draw((unsigned)nouns), &noun);
    int count = 0;
    while (noun.params && noun.params[count].name)
        count++;
    return count && draw(2) ? noun.params[draw((unsigned)count)].name : noun.name;
}

static void change_name(Draft *t)
{
    find_tokens(t, &parts, NAMES);
    if (!parts.count)
        return;
    Part part = any(&parts), other = any(&parts);
    if (draw(2))
        replace(t, part, t->bytes + other.begin, other.end - other.begin);
    else
        replace_word(t, part, draw(3) ? vocabulary_word() : ONE_OF(words));
}

static void change_token(Draft *t)
{
    find_tokens(t, &parts, ANY);
    if (!parts.count)
        return;
    Part part = any(&parts), other = any(&parts);
    switch (draw(4)) {
    case 0: replace_word(t, part, ""); break;
    case 1: replace(t, nothing_at(part.end), t->bytes + other.begin, other.end - other.begin); break;
    case 2: replace_word(t, nothing_at(part.begin), ONE_OF(marks)); break;
    default: replace_word(t, part, ONE_OF(marks)); break;
    }
}

static void change_arguments(Draft *t)
{
    find_arguments(t, &parts);
    if (!parts.count)
        return;
    Part part = any(&parts), other = any(&parts);
    char added[128];
    switch (draw(5)) {
    case 0: /* leave one out, with its comma */
        part.end += part.end < t->size && t->bytes[part.end] == ',';
        replace_word(t, part, "");
        break;
    case 1: replace(t, part, t->bytes + other.begin, other.end - other.begin); break;
    case 2: replace_word(t, part, ONE_OF(edge_numbers)); break;
    case 3:
        snprintf(added, sizeof added, ", %s=%s", vocabulary_word(), ONE_OF(edge_numbers));
        replace_word(t, nothing_at(part.end), added);
        break;
    default:
        snprintf(added, sizeof added, ", %s", ONE_OF(edge_numbers));
        replace_word(t, nothing_at(part.end), added);
    }
}

static void change_lines(Draft *t)
{
    find_lines(t, &parts);
    if (!parts.count)
        return;
    Part part = any(&parts), other = any(&parts);
    char head[64];
    switch (draw(5)) {
    case 0: replace_word(t, part, ""); break;
    case 1: replace(t, nothing_at(other.begin), t->bytes + part.begin, part.end - part.begin); break;
    case 2: replace(t, other, t->bytes + part.begin, part.end - part.begin); break;
    case 3: /* put a line into a block of its own */
        snprintf(head, sizeof head, draw(2) ? "repeat %s {\n" : "%.0sResidual {\n", ONE_OF(edge_numbers));
        replace_word(t, nothing_at(part.end), "}\n");
        replace_word(t, nothing_at(part.begin), head);
        break;
    default:
        snprintf(head, sizeof head, "%s(%s)\n", vocabulary_word(), ONE_OF(edge_numbers));
        replace_word(t, nothing_at(part.begin), head);
    }
}

static void change_groups(Draft *t)
{
    find_groups(t, &parts, draw(2) ? "{" : "([", (int)draw(2));
    if (!parts.count)
        return;
    Part part = any(&parts), other = any(&parts);
    switch (draw(3)) {
    case 0: replace_word(t, part, ""); break;
    case 1: replace(t, nothing_at(part.end), t->bytes + part.begin, part.end - part.begin); break;
    default: replace(t, part, t->bytes + other.begin, other.end - other.begin); break;
    }
}

/* A --set of some value of the file, or another value for one that is there. */
static void change_settings(Draft *t)
{
    static const char *const paths[] = {
        "train.optimizer.lr", "train.data.batch_size", "train.epochs", "train.seed", "train.log.every",
        "train.scheduler.gamma", "train.clip.grad_norm", "train.accumulate", "train.save", "train.loss.reduction",
        "train.optimizer.betas", "train.test.batch_size", "train", "", "train.data.shuffle",
    };
    char line[160];
    snprintf(line, sizeof line, "#--set %s=%s\n", ONE_OF(paths), ONE_OF(edge_numbers));
    replace_word(t, nothing_at(0), line);
}

static void change_bytes(Draft *t)
{
    t->size = LLVMFuzzerMutate((uint8_t *)t->bytes, t->size, t->capacity);
}

/* Numbers and arguments most often: a text whose tokens are wrong goes no further than the parser. */
static void (*const changes[])(Draft *t) = {
    change_number, change_number, change_number, change_number, change_name, change_name, change_arguments,
    change_arguments, change_arguments, change_lines, change_lines, change_groups, change_groups, change_token,
    change_settings, change_bytes,
};

/* ---- What libFuzzer calls ---------------------------------------------------------------------------------------- */

/* A copy of the text with a zero behind it and room for changes. */
static Draft open_text(const uint8_t *bytes, size_t size, size_t capacity)
{
    static char buffer[MOST_BYTES + 1];
    if (capacity > MOST_BYTES)
        capacity = MOST_BYTES;
    if (size > capacity)
        size = capacity;
    memcpy(buffer, bytes, size);
    memset(buffer + size, 0, sizeof buffer - size);
    return (Draft){buffer, size, capacity};
}

/* What fuzz_import also takes: it has no tokens. */
static int is_pickle(const Draft *t)
{
    const char *newline = t->size && *t->bytes == '#' ? memchr(t->bytes, '\n', t->size) : NULL;
    size_t first = newline ? (size_t)(newline + 1 - t->bytes) : 0;
    return first < t->size && t->bytes[first] == '\x80';
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t capacity, unsigned seed)
{
    Draft t = open_text(bytes, size, capacity);
    state = seed;
    const int text = !is_pickle(&t);
    for (unsigned left = 1 + draw(4); left > 0; left--) {
        (text ? ONE_OF(changes) : change_bytes)(&t);
        t.bytes[t.size] = 0;
    }
    memcpy(bytes, t.bytes, t.size);
    return t.size;
}

static void find_alike(const Draft *t, Parts *found, unsigned kind)
{
    switch (kind) {
    case 0: find_lines(t, found); break;
    case 1: find_arguments(t, found); break;
    case 2: find_groups(t, found, "(", 1); break;
    case 3: find_groups(t, found, "{", 1); break;
    case 4: find_groups(t, found, "(", 0); break;
    default: find_groups(t, found, "{", 0);
    }
}

/* The first text, with lines, calls, blocks or arguments of the second one. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second, size_t second_size,
                                 uint8_t *to, size_t capacity, unsigned seed)
{
    Draft t = open_text(first, first_size, capacity);
    const Draft other = {(char *)second, second_size, second_size};
    state = seed;
    for (unsigned left = 1 + draw(3); left > 0; left--) {
        unsigned kind = draw(6);
        find_alike(&t, &parts, kind);
        find_alike(&other, &others, kind);
        if (!parts.count || !others.count)
            continue;
        Part part = any(&parts), from = any(&others);
        replace(&t, draw(2) ? part : nothing_at(part.begin), other.bytes + from.begin, from.end - from.begin);
    }
    memcpy(to, t.bytes, t.size);
    return t.size;
}
