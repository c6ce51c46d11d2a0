#include "targets/cpu/families/kernel_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

static const char *const part_names[] = {"ROWS", "COLS", "VECS"};
static const char *const part_variables[] = {"m", "n", "v"};

/* Whether it is written as a number. */
static bool is_literal(const char *expression, int64_t *number)
{
    char *rest;
    errno = 0;
    const long long value = strtoll(expression, &rest, 10);
    if (rest == expression || *rest || errno)
        return false;
    *number = value;
    return true;
}

bool is_number(const KernelText *k, const char *expression, int64_t *number)
{
    if (is_literal(expression, number))
        return true;
    for (int i = 0; i < k->known.count; i++) {
        if (!strcmp(k->known.at[i].expression, expression)) {
            *number = k->known.at[i].value;
            return true;
        }
    }
    return false;
}

bool is_1(const KernelText *k, const char *expression)
{
    int64_t number;
    return is_number(k, expression, &number) && number == 1;
}

const char *constant(KernelText *k, const char *expression)
{
    int64_t number;
    return is_number(k, expression, &number) ? arena_printf(k->arena, "%lld", (long long)number) : expression;
}

void make_known(KernelText *k, const char *name, int64_t value)
{
    vec_push(k->arena, k->known, ((Known){name, value}));
}

bool dim_varies(const KernelText *k, int d)
{
    return k->varies && k->varies[d];
}

/* The expression, whose operands are known, so that it is known too. */
static const char *folded(KernelText *k, int64_t value, bool literal, const char *expression)
{
    int64_t number;
    if (literal)
        return arena_printf(k->arena, "%lld", (long long)value);
    if (!is_number(k, expression, &number))
        make_known(k, expression, value);
    return expression;
}

const char *dim(KernelText *k, int d)
{
    k->used[d] = true;
    return k->dim[d];
}

bool dim_number(const KernelText *k, int d, int64_t *number)
{
    return is_number(k, k->dim[d], number);
}

bool dim_is(const KernelText *k, int d, int64_t number)
{
    int64_t value;
    return dim_number(k, d, &value) && value == number;
}

/* Whether an expression is a sum or difference outside of parentheses. */
static bool is_sum(const char *expression)
{
    int depth = 0;
    for (const char *c = expression; *c; c++) {
        depth += *c == '(';
        depth -= *c == ')';
        if (depth == 0 && c > expression && (*c == '+' || *c == '-') && c[-1] == ' ')
            return true;
    }
    return false;
}

/* In parentheses where it could not stand on the left of a `*`; or, if `right`, on the right of one. */
static const char *factor(KernelText *k, const char *a, bool right)
{
    return is_sum(a) || a[0] == '-' || (right && strpbrk(a, "/%")) ? arena_printf(k->arena, "(%s)", a) : a;
}

const char *sum_of(KernelText *k, const char *a, const char *b)
{
    int64_t x, y;
    const bool lx = is_literal(a, &x), ly = is_literal(b, &y);
    if (lx && x == 0)
        return b;
    if (ly && y == 0)
        return a;
    const bool known = is_number(k, a, &x) && is_number(k, b, &y);
    const char *sum = b[0] == '-' ? arena_printf(k->arena, "%s - %s", a, b + 1)
                                  : arena_printf(k->arena, "%s + %s", a, b);
    return known ? folded(k, x + y, lx && ly, sum) : sum;
}

/* The product, where the first factor is written as a number. */
static const char *multiple_of(KernelText *k, int64_t x, const char *b)
{
    int64_t y;
    if (is_literal(b, &y))
        return arena_printf(k->arena, "%lld", (long long)(x * y));
    if (x == 0 || x == 1)
        return x ? b : "0";
    if (x < 0) /* -(b * 3), so that sums can be printed as differences */
        return arena_printf(k->arena, "-%s", product_of(k, factor(k, b, false), arena_printf(k->arena, "%lld",
                                                                                             (long long)-x)));
    const char *product = arena_printf(k->arena, "%lld * %s", (long long)x, factor(k, b, true));
    return is_number(k, b, &y) ? folded(k, x * y, false, product) : product;
}

const char *product_of(KernelText *k, const char *a, const char *b)
{
    int64_t x, y, number;
    if (is_literal(a, &x))
        return multiple_of(k, x, b);
    if (is_literal(b, &y)) {
        if (y == 0 || y == 1 || y < 0)
            return multiple_of(k, y, a);
        char *rest;
        number = strtoll(a, &rest, 10);
        if (rest != a && strncmp(rest, " * ", 3) == 0 && !is_sum(a)) /* (2 * c) * 32 is c * 64 */
            return product_of(k, rest + 3, arena_printf(k->arena, "%lld", (long long)(number * y)));
    }
    const char *product = arena_printf(k->arena, "%s * %s", factor(k, a, false), factor(k, b, true));
    return is_number(k, a, &x) && is_number(k, b, &y) ? folded(k, x * y, false, product) : product;
}

const char *quotient_of(KernelText *k, const char *a, const char *b)
{
    int64_t x, y;
    const bool lx = is_literal(a, &x), ly = is_literal(b, &y);
    if (lx && x == 0)
        return "0";
    if (ly && y == 1)
        return a;
    const bool known = is_number(k, a, &x) && is_number(k, b, &y);
    const char *divisor = strchr(b, '*') ? arena_printf(k->arena, "(%s)", b) : factor(k, b, true);
    const char *quotient = arena_printf(k->arena, "%s / %s", factor(k, a, false), divisor);
    return known ? folded(k, x / y, lx && ly, quotient) : quotient;
}

const char *offset_of(KernelText *k, const char *r, const char *row, const char *c, const char *col)
{
    return sum_of(k, product_of(k, r, row), product_of(k, c, col));
}

const char *difference_of(KernelText *k, const char *a, const char *b)
{
    return sum_of(k, a, product_of(k, "-1", b));
}

static Block *innermost(KernelText *k)
{
    int at = k->depth - 1;
    while (!k->block[at].printed)
        at--;
    return &k->block[at];
}

static void print_indented(KernelText *k, const char *format, va_list args)
{
    innermost(k)->statements++;
    text_pad(&k->text, ' ', 4 * k->indent);
    text_vprintf(&k->text, format, args);
}

static void print_line(KernelText *k, const char *format, va_list args)
{
    print_indented(k, format, args);
    text_add(&k->text, "\n");
}

void line(KernelText *k, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_line(k, format, args);
    va_end(args);
}

static void push(KernelText *k, Block block)
{
    if (k->depth == MAX_NEST)
        fail_bug("a kernel nests deeper than %d", MAX_NEST);
    k->block[k->depth++] = block;
}

void begin(KernelText *k, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_indented(k, format, args);
    va_end(args);
    push(k, (Block){.printed = true, .brace = k->text.length});
    text_add(&k->text, "\n");
    k->indent++;
}

void end(KernelText *k)
{
    const Block block = k->block[--k->depth];
    if (!block.printed)
        return;
    k->indent--;
    if (block.statements < 2)
        return;
    text_add(&k->text, "  "); /* makes room for the brace */
    char *at = k->text.bytes + block.brace;
    memmove(at + 2, at, k->text.length - 2 - block.brace);
    memcpy(at, " {", 2);
    text_pad(&k->text, ' ', 4 * k->indent);
    text_add(&k->text, "}\n");
}

void end_all(KernelText *k, int count)
{
    while (count-- > 0)
        end(k);
}

const char *loop(KernelText *k, const char *variable, const char *count)
{
    int64_t number;
    if (is_number(k, count, &number) && number == 1) {
        push(k, (Block){.printed = false});
        return "0";
    }
    begin(k, "for (long %s = 0; %s < %s; %s++)", variable, variable, count, variable);
    return variable;
}

static bool branch(KernelText *k, int d, bool wanted)
{
    int64_t number;
    if (!dim_number(k, d, &number) || dim_varies(k, d)) {
        begin(k, "if (%s%s)", wanted ? "" : "!", dim(k, d));
        return true;
    }
    if ((number != 0) == wanted)
        push(k, (Block){.printed = false});
    return (number != 0) == wanted;
}

bool begin_if(KernelText *k, int d)
{
    return branch(k, d, true);
}

bool begin_unless(KernelText *k, int d)
{
    return branch(k, d, false);
}

void line_if(KernelText *k, int d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (branch(k, d, true))
        print_line(k, format, args), end(k);
    va_end(args);
}

void line_unless(KernelText *k, int d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (branch(k, d, false))
        print_line(k, format, args), end(k);
    va_end(args);
}

const char *vector_loop(KernelText *k, const char *variable, const char *count)
{
    begin(k, "for (long %s = 0; %s < %s; %s += VL)", variable, variable, count, variable);
    return variable;
}

void zero_image(KernelText *k, const char *name, int rows, int cols, int channels, int row)
{
    const char *r = loop(k, "r", dim(k, rows));
    const char *i = vector_loop(k, "i", product_of(k, dim(k, cols), dim(k, channels)));
    line(k, "vec_store(%s, vec_zero());", sum_of(k, sum_of(k, name, product_of(k, r, dim(k, row))), i));
    end_all(k, 2);
}

const char *lesser(KernelText *k, const char *a, const char *b)
{
    int64_t x, y;
    if (is_number(k, a, &x) && is_number(k, b, &y))
        return x < y ? a : b;
    return arena_printf(k->arena, "least(%s, %s)", a, b);
}

const char *block_loop(KernelText *k, const char *variable, const char *count, const char *block)
{
    int64_t all, one;
    if (is_number(k, block, &one) && (one == 1 || (is_number(k, count, &all) && all <= one)))
        return loop(k, variable, one == 1 ? count : "1");
    begin(k, "for (long %s = 0; %s < %s; %s += %s)", variable, variable, count, variable, block);
    return variable;
}

const char *loop_in_block(KernelText *k, const char *variable, const char *first, const char *count, const char *block)
{
    int64_t all, one;
    if (is_number(k, block, &one) && one == 1) {
        push(k, (Block){.printed = false});
        return first;
    }
    const char *end = sum_of(k, first, block);
    if (!is_number(k, count, &all) || !is_number(k, block, &one) || all % one)
        end = lesser(k, end, count);
    if (is_number(k, first, &all) && all == 0)
        return loop(k, variable, end);
    begin(k, "for (long %s = %s; %s < %s; %s++)", variable, first, variable, end, variable);
    return variable;
}

static int part_of(Tile tile, Part part)
{
    return part == PART_ROWS ? tile.rows : part == PART_COLS ? tile.cols : tile.vecs;
}

/* Whether the part is `size` in the tiles of all widths. */
static bool part_is(const KernelText *k, Part part, int64_t size)
{
    for (int w = 0; w < WIDTH_COUNT; w++)
        if (part_of(k->tile[w], part) != size)
            return false;
    return true;
}

bool is_one(const KernelText *k, Part part)
{
    return part_is(k, part, 1);
}

/* The size of a part of the tile: "COLS", or "1" where it is 1 for all widths. */
static const char *part_size(const KernelText *k, Part part)
{
    return is_one(k, part) ? "1" : part_names[part];
}

/* Whether `count` is a whole number of tiles, for all widths. */
static bool divides(const KernelText *k, int64_t count, Part part, int divisor)
{
    for (int w = 0; w < WIDTH_COUNT; w++)
        if (count % (part_of(k->tile[w], part) / divisor))
            return false;
    return true;
}

const char *tile_loop(KernelText *k, const char *variable, const char *count, Part part, int divisor)
{
    int64_t number;
    bool known = is_number(k, count, &number), single = known;
    for (int w = 0; known && w < WIDTH_COUNT; w++)
        single = single && number == part_of(k->tile[w], part) / divisor;
    if (single) {
        push(k, (Block){.printed = false});
        return "0";
    }
    if (part_is(k, part, divisor))
        return loop(k, variable, count);
    const char *size = part_size(k, part);
    if (divisor != 1)
        size = arena_printf(k->arena, "%s / %d", size, divisor);
    if (known && divides(k, number, part, divisor))
        begin(k, "for (long %s = 0; %s < %s; %s += %s)", variable, variable, count, variable, size);
    else
        begin(k, "for (long %s = 0; %s < %s; %s = tile_next(%s, %s, %s))", variable, variable, count, variable,
              variable, size, count);
    return variable;
}

const char *tile_count(KernelText *k, const char *count, Part part, int divisor)
{
    int64_t number;
    if (part_is(k, part, divisor))
        return count;
    const char *size = part_size(k, part);
    if (divisor != 1)
        size = arena_printf(k->arena, "(%s / %d)", size, divisor);
    if (is_number(k, count, &number) && divides(k, number, part, divisor))
        return arena_printf(k->arena, "%s / %s", count, size);
    return arena_printf(k->arena, "(%s + %s - 1) / %s", count, size, size);
}

const char *tile_start(KernelText *k, const char *index, const char *count, Part part, int divisor)
{
    int64_t number;
    if (part_is(k, part, divisor))
        return index;
    const char *size = part_size(k, part);
    if (divisor != 1)
        size = arena_printf(k->arena, "(%s / %d)", size, divisor);
    if (is_number(k, count, &number) && divides(k, number, part, divisor))
        return arena_printf(k->arena, "%s * %s", index, size);
    return arena_printf(k->arena, "least(%s * %s, %s - %s)", index, size, count, size);
}

const char *part_loop(KernelText *k, Part part)
{
    if (part_is(k, part, 1)) {
        push(k, (Block){.printed = false});
        return "0";
    }
    const char *v = part_variables[part];
    Block *around = innermost(k);
    if (around->tile && around->statements == 0) { /* loops in each other stand side by side */
        k->text.length = around->brace;
        text_printf(&k->text, " EACH(%s, %s)", v, part_names[part]);
        around->brace = k->text.length;
        text_add(&k->text, "\n");
        push(k, (Block){.printed = false});
        return v;
    }
    begin(k, "EACH(%s, %s)", v, part_names[part]);
    innermost(k)->tile = true;
    return v;
}

const char *part_rounds(KernelText *k, Part part)
{
    return loop(k, part_variables[part], part_is(k, part, 1) ? "1" : part_names[part]);
}

const char *part_product(KernelText *k, unsigned parts)
{
    const char *product = "1";
    for (Part part = PART_ROWS; part <= PART_VECS; part++)
        product = parts >> part & 1 ? product_of(k, product, part_size(k, part)) : product;
    return product;
}

const char *tile_floats(KernelText *k)
{
    return product_of(k, part_size(k, PART_VECS), "VL");
}

void tile_constants(KernelText *k, unsigned parts)
{
    Text list = text_new(k->arena);
    for (Part part = PART_ROWS; part <= PART_VECS; part++) {
        if (!(parts >> part & 1) || part_is(k, part, 1))
            continue;
        const char *comma = list.length ? ", " : "";
        const int wide = part_of(k->tile[WIDTH_16], part), middle = part_of(k->tile[WIDTH_8], part),
                  narrow = part_of(k->tile[WIDTH_4], part);
        if (wide == middle && middle == narrow)
            text_printf(&list, "%s%s = %d", comma, part_names[part], wide);
        else
            text_printf(&list, "%s%s = TILE(%d, %d, %d)", comma, part_names[part], wide, middle, narrow);
    }
    if (list.length)
        line(k, "enum { %s };", list.bytes);
}

void output_loop(KernelText *k, const char *outs)
{
    int64_t count;
    bool single = is_number(k, outs, &count);
    for (int w = 0; single && w < WIDTH_COUNT; w++)
        single = count == k->tile[w].vecs * (16 >> w);
    k->out = single ? "0" : "o";
    if (single)
        push(k, (Block){.printed = false});
    else
        begin(k, "for (long o = 0; o < %s; o += %s)", outs, tile_floats(k));
}

const char *group_input(KernelText *k, int outs, int group_outs, int group_ins)
{
    int64_t all, block;
    if (dim_number(k, outs, &all) && dim_number(k, group_outs, &block) && all <= block)
        return "x";
    const char *group = quotient_of(k, k->out, dim(k, group_outs));
    line(k, "const float *xo = %s;", sum_of(k, "x", product_of(k, group, dim(k, group_ins))));
    return "xo";
}

const char *part_array(KernelText *k, const char *name, unsigned parts)
{
    Text text = text_new(k->arena);
    text_add(&text, name);
    for (Part part = PART_ROWS; part <= PART_VECS; part++)
        if (parts >> part & 1 && !part_is(k, part, 1))
            text_printf(&text, "[%s]", part_names[part]);
    return text.bytes;
}

const char *part_element(KernelText *k, const char *name, const char *m, const char *n, const char *v)
{
    const char *const index[] = {m, n, v};
    Text text = text_new(k->arena);
    text_add(&text, name);
    for (Part part = PART_ROWS; part <= PART_VECS; part++)
        if (index[part] && !part_is(k, part, 1))
            text_printf(&text, "[%s]", index[part]);
    return text.bytes;
}
