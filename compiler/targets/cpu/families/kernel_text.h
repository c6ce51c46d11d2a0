/* What the kernel emitters are written with: lines, loops and index expressions of one C function.
 *
 * Dimensions are expressions, numbers or names; products and sums of numbers are folded, and a loop with a single round
 * is not printed (its variable is then "0"), so that the text reads as if written for just these numbers.
 *
 * A name may stand for a number that is known (KernelText.known). Then the text has the name, and is decided on by the
 * number: kernels whose texts are equal, with names where their dimensions differ, can share one function. */
#ifndef NETC_TARGETS_CPU_FAMILIES_KERNEL_TEXT_H
#define NETC_TARGETS_CPU_FAMILIES_KERNEL_TEXT_H

#include "base/text.h"
#include "targets/cpu/families/family.h"

enum { MAX_NEST = 24 };

typedef struct Block {
    bool printed;   /* false: a loop of one round, whose body stands in the block around */
    size_t brace;   /* where " {" goes when there are several statements */
    int statements;
    bool tile;      /* a loop over a part of a tile */
} Block;

typedef struct Known {
    const char *expression;
    int64_t value;
} Known;

typedef struct KernelText {
    Arena *arena;
    Text text; /* the body */
    const FamilyInfo *info;
    const char *const *dim;
    VEC(Known) known;    /* names, and expressions made of them, whose values are known */
    const bool *varies;  /* by dimension: dim_varies; NULL: none does */
    bool used[MAX_DIMS]; /* the dimensions that the body mentions */
    const Tile *tile;    /* per width */
    const char *out;     /* the first output of the block at hand: "o", or "0" where there is one block */
    Block block[MAX_NEST];
    int depth, indent;
} KernelText;

/* A part of a tile: its name in the text, and the variable that runs over it. NULL in a tile of one everywhere. */
typedef enum Part { PART_ROWS, PART_COLS, PART_VECS } Part;

/* Dimension `d` of the family as an expression. */
const char *dim(KernelText *k, int d);
/* Whether it is known, and which number it is. */
bool dim_number(const KernelText *k, int d, int64_t *number);
bool dim_is(const KernelText *k, int d, int64_t number);
bool is_number(const KernelText *k, const char *expression, int64_t *number);
bool is_1(const KernelText *k, const char *expression);
/* The expression; its number where it is known: for what has to be a constant of the text. */
const char *constant(KernelText *k, const char *expression);
/* Whether it is a name whose number is known, but 0 in one of the kernels that share the text and not in another. */
bool dim_varies(const KernelText *k, int d);
/* Says that a name stands for a number. */
void make_known(KernelText *k, const char *name, int64_t value);

/* Expressions: a + b, a - b, a * b, a / b, the lesser of a and b, with numbers folded and sums in parentheses where
 * needed. */
const char *sum_of(KernelText *k, const char *a, const char *b);
const char *difference_of(KernelText *k, const char *a, const char *b);
const char *product_of(KernelText *k, const char *a, const char *b);
const char *quotient_of(KernelText *k, const char *a, const char *b);
/* r*row + c*col, or c*col alone where r is "0", and so on. */
const char *lesser(KernelText *k, const char *a, const char *b);
const char *offset_of(KernelText *k, const char *r, const char *row, const char *c, const char *col);

/* One statement. */
void line(KernelText *k, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A statement with a body: `head` without its brace. Braces are printed where there are several statements. */
void begin(KernelText *k, const char *format, ...) __attribute__((format(printf, 2, 3)));
void end(KernelText *k);
void end_all(KernelText *k, int count);

/* Begins what is to be done where dimension `d` isn't 0, or where it is: if (d), if (!d). A number decides at once,
 * where it does not vary: false where nothing is to be printed, not even `end`. */
bool begin_if(KernelText *k, int d);
bool begin_unless(KernelText *k, int d);
/* The same around one statement. */
void line_if(KernelText *k, int d, const char *format, ...) __attribute__((format(printf, 3, 4)));
void line_unless(KernelText *k, int d, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* for (long variable = 0; variable < count; variable++). Gives the variable, or "0" where count is 1. */
const char *loop(KernelText *k, const char *variable, const char *count);

/* The same in steps of `block`, "0" where one holds all; and the loop over the block that begins at `first`, as far as
 * `count` goes. */
const char *block_loop(KernelText *k, const char *variable, const char *count, const char *block);
const char *loop_in_block(KernelText *k, const char *variable, const char *first, const char *count,
                          const char *block);

/* The same as `loop` in steps of VL, for counts that are multiples of 16. */
const char *vector_loop(KernelText *k, const char *variable, const char *count);

/* `name` = 0: an image of so many rows and columns, `row` floats from row to row; four dimensions. */
void zero_image(KernelText *k, const char *name, int rows, int cols, int channels, int row);

/* The loop over blocks of outputs, as many as a tile's vectors hold. Sets k->out. */
void output_loop(KernelText *k, const char *outs);

/* Where "x" begins for the outputs at hand: "x", or "xo", which is declared, where groups of outputs read groups of
 * inputs; three dimensions. */
const char *group_input(KernelText *k, int outs, int group_outs, int group_ins);

/* A loop in steps of a tile's part divided by `divisor`; a last tile that sticks out is moved back. */
const char *tile_loop(KernelText *k, const char *variable, const char *count, Part part, int divisor);

/* The same where tiles have numbers: how many there are, and where number `index` of them starts. */
const char *tile_count(KernelText *k, const char *count, Part part, int divisor);
const char *tile_start(KernelText *k, const char *index, const char *count, Part part, int divisor);

/* Whether a part of the tile is 1 for all widths. */
bool is_one(const KernelText *k, Part part);
/* "ROWS * COLS * VECS", without those that are 1. */
const char *part_product(KernelText *k, unsigned parts);
/* "VECS * VL": the floats that a tile's vectors hold. */
const char *tile_floats(KernelText *k);
/* An unrolled loop over it; its variable or "0". */
const char *part_loop(KernelText *k, Part part);
/* The same as a loop that goes round, over what is in memory. */
const char *part_rounds(KernelText *k, Part part);
typedef const char *PartLoop(KernelText *k, Part part); /* either */
/* enum { ROWS = 2, ... }; */
void tile_constants(KernelText *k, unsigned parts);
/* name[ROWS][VECS]: a declaration's dimensions, or an element. */
const char *part_array(KernelText *k, const char *name, unsigned parts);
const char *part_element(KernelText *k, const char *name, const char *m, const char *n, const char *v);

#endif
