/* What a kernel family is. Each stands in one file of this folder, as a row of all that is to be known of it: what it
 * computes, its dimensions, its operands, how they are laid out, its tiles, its text, and what its call carries.
 *
 * Dimensions are whole numbers; distances ("x_row") are in elements. In a model's own kernels they are printed as
 * numbers; in the runtime's prebuilt kernels they are read from struct nc_<name>_dims. Every output element is one sum
 * in one fixed order that no tile and no vector width changes; sums never run across vector lanes.
 *
 * NAME_DIMS(D, F) lists the dimensions of a family as D(F, rows) D(F, cols) ..., F being the family's NAME. Where
 * others set them too, the list stands in a header beside the family's file. */
#ifndef NETC_TARGETS_CPU_FAMILIES_FAMILY_H
#define NETC_TARGETS_CPU_FAMILIES_FAMILY_H

#include "graph/op.h"
#include "targets/cpu/plan.h"

/* NAME_rows, NAME_cols, ...: places in Kernel.dim; NAME_DIM_COUNT of them. */
#define DIM_PLACE(NAME, dim) NAME##_##dim,
#define DIM_PLACES(NAME) enum { NAME##_DIMS(DIM_PLACE, NAME) NAME##_DIM_COUNT };

/* The same in a family's row. */
#define DIM_NAME(NAME, dim) #dim,
#define HAS_DIMS(NAME) \
    .dims = (const char *const[]){NAME##_DIMS(DIM_NAME, NAME) NULL}, .dim_count = NAME##_DIM_COUNT

enum { MAX_PARAMETERS = 6, MAX_COMPUTED = 6 };

/* A call of a kernel that is to be printed. operand[]: its operands by role, as expressions. */
typedef struct Call {
    Arena *arena;
    const Plan *plan;
    const Kernel *kernel;
    const char *const *operand;
    /* A pointer to a constant that the call hands on, by an initialiser: as an expression. */
    const char *(*constant)(const struct Call *call, const char *type, const char *name, const char *initialiser);
    /* The same of a number. */
    const char *(*number)(const struct Call *call, const char *name, long long value);
    void *context;
} Call;

/* A parameter of a family's C function: an operand, or something else that the call carries. */
typedef struct FamilyParameter {
    const char *type, *name; /* "const float *", "x" */
    Role role;               /* ROLE_NONE: no operand, but */
    const char *argument;    /* this expression, or */
    const char *(*argument_of)(const Call *call); /* this one's */
    bool makes;
} FamilyParameter;

#define OPERAND(TYPE, ROLE, NAME) {.type = TYPE " *", .role = ROLE_##ROLE, .name = #NAME}
#define READS(ROLE, NAME) OPERAND("const float", ROLE, NAME)
#define READS_BYTES(ROLE, NAME) OPERAND("const unsigned char", ROLE, NAME)
#define READS_SHORTS(ROLE, NAME) OPERAND("const unsigned short", ROLE, NAME)
#define MADE(TYPE, ROLE, NAME) {.type = TYPE " *", .role = ROLE_##ROLE, .name = #NAME, .makes = true}
#define MAKES(ROLE, NAME) MADE("float", ROLE, NAME)
#define MAKES_BYTES(ROLE, NAME) MADE("unsigned char", ROLE, NAME)
#define MAKES_SHORTS(ROLE, NAME) MADE("unsigned short", ROLE, NAME)

/* An operation that a family computes. */
typedef struct Computed {
    const OpInfo *op;
    struct {
        Role to, from;
    } as[2];       /* the family knows the operand `from` of the operation by the role `to` */
    void (*border)(Plan *plan, const Kernel *kernel); /* widens what an operand needs around it; NULL: nothing */
    void (*layout)(Plan *plan, Kernel *kernel);       /* in place of the family's */
    void (*expand)(Plan *plan, Kernel *kernel);       /* adds the kernels that it becomes to the plan; NULL: itself */
    bool in_front;                                    /* kernels that layout adds stand in front of it */
    Role some_channels[MAX_ROLES]; /* operands that it also finds among the channels of a wider buffer (channels.h) */
} Computed;

/* The gradient of an input where it is computed as the output is: dx = f(dy). */
#define BACK {{ROLE_X, ROLE_DY}, {ROLE_Y, ROLE_DX}}

/* What tiles have to cover. */
typedef struct TileSpace {
    int64_t rows, cols, outs;
} TileSpace;

typedef struct Tiles {
    const Tile *at; /* the first of equally fast ones is taken */
    int count;
} Tiles;

#define TILES(array) {array, sizeof array / sizeof *array}

/* The register tiles of a family. */
typedef struct FamilyTiles {
    Tiles width[WIDTH_COUNT];
    TileSpace (*space)(const int64_t *dim);
    bool even;     /* an odd last row or column is not computed: no window of a pool holds it */
    bool whole;    /* the space is a whole number of tiles */
    bool window;   /* rows are those of a window, columns the floats of its row: a pixel costs finding it, too */
    bool operands; /* inputs are operands of the multiply-adds, each a load */
    bool asks;     /* where tiles do not cover the columns exactly, stores ask which are still missing */
} FamilyTiles;

/* How far sums are off, in units of 2^-24 of what they come to: once, and more the more terms they have (rounding.h).
 * The root mean square is sqrt(once^2 + growth^2 * terms). */
typedef struct Rounding {
    double once, growth;
} Rounding;

/* Parts of a kernel over images: so many along the samples, along the rows, and along the outputs or channels. */
typedef struct Grid {
    int64_t samples, rows, outs;
} Grid;

struct KernelText;

struct FamilyInfo {
    const char *name;              /* "conv" */
    const char *const *dims;       /* names, NULL at the end */
    int dim_count;
    FamilyParameter parameters[MAX_PARAMETERS + 1]; /* ended by one without a type */
    Computed computes[MAX_COMPUTED + 1];            /* ended by one without an operation */

    /* Whether it computes this kernel of these operations, where nothing faster is chosen. NULL: always. */
    bool (*suits)(const KernelGraph *kernels, const GraphKernel *kernel);
    bool chosen; /* only where cpu_choose chooses it */

    bool x_by_number; /* reads x number by number, not as vectors of channels */
    bool x_beyond;    /* reads whole vectors of x, at the end of a window's last row too */
    bool outputs_major; /* what it makes for weights lies output by output, and so do the weights then */
    bool pools;       /* takes the maximum of 2x2 windows and notes in bytes which element won */
    int winograd;     /* taps of its filters in each direction, where it goes by Winograd's transforms; otherwise 0 */
    Rounding rounding; /* of its sums; all 0: they are those of the definition, in order */

    /* Gives each operand a place in its buffer, and sets the dimensions. */
    void (*layout)(Plan *plan, Kernel *kernel);
    /* Cuts a kernel of some samples into parts along its rows and outputs: its dimensions become those of a part, its
     * operands step from part to part. False where it has no such parts; what was done by then is of no use. NULL: a
     * call is never cut. */
    bool (*cut)(Kernel *kernel, Grid grid);
    int64_t (*scratch)(const Kernel *kernel); /* floats that a part works in, which ROLE_SCRATCH is; or NULL */
    int images; /* the dimension that counts images where it may be more than one; 0: a call is about one */
    /* Sets the dimensions that count samples: how many go through a call together, and how far apart they lie. NULL: no
     * dimension does. */
    void (*count_samples)(const Plan *plan, Kernel *kernel);
    /* The dimension that is the number of samples in the microbatch at hand, where Kernel.counts_samples and the kernel
     * is not cut along the samples: a last parameter of the function. NULL: it goes over all that the microbatch has
     * room for. */
    int (*counted)(const Kernel *kernel);
    const FamilyTiles *tiles; /* NULL: it has none */
    /* The multiply-adds that a kernel is reckoned to take the time of, as a share of the definition's; NULL: all. */
    double (*reckoned)(const Kernel *kernel);
    int blocks; /* the dimension that --dump=schedule shows as what is worked on at once; 0: none */

    /* Prints the body of the function. */
    void (*print)(struct KernelText *text);
    const char *header; /* of runtime/kernels, beside vector.h, that the text needs; or NULL */
    const char *says;    /* what its comment says in place of the operations' formulas; or NULL */
    const char *packs; /* what its comment adds of how it packs weights; or NULL */

    /* A statement in front of the call; NULL: none. */
    const char *(*before)(const Call *call);
    /* Whether the call is made in training only. NULL: it is not. */
    bool (*only_training)(const Plan *plan, const Kernel *kernel);
    /* Whether what it makes needs no zeros to be added to. NULL: it does. */
    bool (*anew)(const Kernel *kernel);
    /* Of what is no kernel: the call of the runtime's function, with its ";\n". */
    const char *(*call)(const Call *call);
};

const FamilyInfo *family_info(Family family);

/* Whether a kernel writes its operand in this role. */
bool kernel_makes(const Kernel *kernel, Role role);

/* The role of what others read. */
Role family_output(const FamilyInfo *info);

/* The operation's entry in what a family computes; NULL: it does not. */
const Computed *family_computed(const FamilyInfo *info, const Op *op);

/* "const float *x, float *y" and "x, y" */
const char *family_parameters(Arena *arena, const FamilyInfo *info);
const char *family_arguments(Arena *arena, const FamilyInfo *info);

/* What a parameter of a kernel's own function is called: by the role of the operand to the operation ("dy" for the x of
 * a convolution that computes a gradient), and so for all gradients. */
const char *parameter_name(const Kernel *kernel, const FamilyParameter *parameter);

/* The name under which a buffer's start is known in a block: "AT_features_0_weight". */
const char *block_name(Arena *arena, const Buffer *buffer);

#define DECLARE_FAMILY(NAME, name) extern const FamilyInfo family_##name;
KERNEL_FAMILIES(DECLARE_FAMILY)
CALL_FAMILIES(DECLARE_FAMILY)
#undef DECLARE_FAMILY

#endif
