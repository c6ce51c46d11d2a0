/* The plain target: C99 as a textbook prints it, self-contained, one function a kind of operation.
 *
 * Everything is printed from templates (targets/template.h). */
#ifndef NETC_TARGETS_PLAIN_PLAIN_H
#define NETC_TARGETS_PLAIN_PLAIN_H

#include "base/set.h"
#include "base/text.h"
#include "graph/op.h"
#include "targets/target.h"
#include "targets/template.h"

enum { PLAIN_STATES = 3, PLAIN_SIZES = 32, PLAIN_ALSO = 2 };

/* A number that one function takes for each of its operations. */
typedef struct PlainSize {
    const char *name, *type, *value;
    bool usual; /* it is what it is without a word: where it is so for all operations, the function has none such */
} PlainSize;

/* How many operations of a function have an input. */
typedef enum Presence { ABSENT, SOMETIMES, ALWAYS } Presence;

typedef struct Plain {
    Arena *arena;
    Diag *diag;
    const Program *program;
    const Graph *graph;
    Template t;            /* its text is the program so far */
    StringSet members;     /* names of the arena's members */
    const char **member;   /* [values] "conv2d_0", "weight_0" */
    const char **function; /* [operations] "conv2d_forward"; NULL: it is no kernel */
    const char **call;     /* [operations] "conv2d_forward(count, ...);", once the function is printed */
    int batch;             /* samples of the largest batch */
    bool reference;        /* it is a pass forward and backward alone, for a program that has a main already */
    bool library;          /* it is a forward pass over one sample, and where it trains a step (library.c) */
    bool observed;         /* and tells of what that makes */
    int trained;           /* of that the operations of the step, which stand first; 0: it does not train */
    const Value *train_input; /* and what goes into it */
    const Network *network;
    const LibraryCore *core;  /* once parameters have their places */

    /* the function that is printed */
    PlainSize sizes[PLAIN_SIZES];
    int size_count;
    Presence present[MAX_INPUTS];
    bool read[MAX_OUTPUTS]; /* something reads that output of one of its operations */
    int part; /* of a kernel that is called for each input: which one */

    const char *forward_arguments, *backward_arguments; /* what forward() and backward() are called with */
} Plain;

#define plain_set(p, ...) template_set(&(p)->t, __VA_ARGS__)
#define plain_get(p, name) template_get(&(p)->t, name)
#define plain_has(p, name) template_has(&(p)->t, name)
#define plain_forget(p) template_forget(&(p)->t)
#define plain_print(p, lines) template_print(&(p)->t, lines)
#define plain_rule(p, title) template_rule(&(p)->t, title)

/* ---- Kernels ----------------------------------------------------------------------------------------------------- */

/* A kind of operation, which has one function. Its parameters are the number of samples, where something is batched;
 * the sizes; `also`; and the inputs and outputs, called by their roles: those of them that the body uses. */
typedef struct PlainKernel {
    const char *name;  /* "conv2d_forward" */
    const char *about; /* the mathematics, as lines of a comment; a template */
    /* Where operations of the kind differ in more than numbers: the name of this one's function. NULL: `name`. */
    const char *(*named)(Plain *p, const Op *op);
    void (*sizes)(Plain *p, const Op *op); /* tells of each size; NULL: there is none */
    void (*print)(Plain *p, const Op *op); /* the body, which is the same for all operations of one name */
    const char *also[PLAIN_ALSO]; /* "int training": the call passes a variable of that name */
    const char *gives; /* what the function returns, instead of its output: "double"; NULL: nothing */
    bool in_place;     /* its output may stand where its first input does */
    bool each_input;   /* it is called for each input, x: Plain.part */
} PlainKernel;

/* What C calls a value: a member of the arena, "a.conv2d_0"; of a library a variable, "conv2d_0". */
const char *plain_place(Plain *p, const Value *value);

/* By kind of operation; NULL: it is no kernel. */
extern const PlainKernel *const plain_kernels[OP_COUNT];

/* Prints the function of an operation, unless it is there, and notes the calls of all operations that have it. */
void plain_kernel(Plain *p, const Op *op);

/* ---- What `sizes` tells ------------------------------------------------------------------------------------------ */

/* A number that the function takes. The hole of that name has the name, or nothing where the function takes none. */
void plain_size(Plain *p, const char *name, int64_t value);

/* A number that is an argument only where some operation has another than the usual one. */
void plain_setting(Plain *p, const char *name, int64_t value, int64_t usual);

/* A condition that templates ask for, true where it is so of some operation. */
void plain_condition(Plain *p, const char *name, bool holds);

/* A number that is none of int: of type "double", or "float" where torch computes in it. */
void plain_factor(Plain *p, const char *type, const char *name, const char *value);

/* The elements that a sample has of a value: S. The pixels that a channel has: P; the usual one is 1. */
void plain_elements(Plain *p, const Value *value);
void plain_pixels(Plain *p, Shape sample);

/* The sizes of windows, `big` being the image that they slide over, `small` what has an element a window: C, H, W and
 * O, OH, OW; K and L, rows and columns of a window; stride, padding, dilation. Over a sequence there are no rows. */
void plain_window(Plain *p, const Window *window, Shape big, Shape small);

/* "conv2d_forward" of "conv%dd_forward"; over a sequence "conv1d_forward". */
const char *plain_of_rank(Plain *p, const char *format, Shape sample) __attribute__((format_arg(2)));

/* And the holes by them: k_loop and l_loop, over taps; where a tap is, row and col, with their declarations int_row and
 * int_col, and `brace` where there are any; `inside`, where it has to be looked at; first_row and first_col of a
 * window, kernel_row and kernel_col, how far it goes; out and out_pixel, the index of element (r, c) of what is
 * `small`, and that within its plane. */
void plain_set_window(Plain *p);

/* ---- Holes ------------------------------------------------------------------------------------------------------- */

/* "w[i]", where all operations of the function have this input; "(w ? w[i] : 1)", where some have; "1": none has. */
void plain_optional(Plain *p, const char *hole, const Op *op, Role role, const char *with, const char *without);

/* The index of element (row, col) of a plane: "((n * C + i) * H + row) * W + col"; "(n * C + i) * W + col" where all
 * images of the function are a row. */
const char *plain_at(Plain *p, const char *plane, const char *height, const char *row, const char *width,
                     const char *col);

/* "64 * 32 * 5 * 5": how many numbers a value has in the arena. */
const char *plain_count(Plain *p, const Value *value);
const char *plain_type(const Value *value);

/* Of a sample n at a place p, by the holes C and P: the index of class i, "(n * C + i) * P + p", or "n * C + i" where
 * there is one place; and that of the label, "n * P + p" or "n". */
const char *plain_class(Plain *p, const char *i);
const char *plain_label(Plain *p);

/* Whether the data may give probabilities of the classes instead of labels: that is known when they are read. */
bool plain_takes_shares(const Plain *p);

/* The loss and its gradient over probabilities, where there may be such. */
void plain_print_soft_loss(Plain *p, const Op *op);

/* ---- Parts of the program ---------------------------------------------------------------------------------------- */

/* A function that others may use. */
typedef struct PlainHelper {
    const char *use, *text; /* what text has that uses it: " most(" */
} PlainHelper;

extern const PlainHelper plain_helpers[], plain_int8_helpers[]; /* end with a nameless one */

void plain_name_values(Plain *p);

/* The functions of the operations forward or backward; and the calls of those from `first` to before `end`, with a
 * layer's below its text. */
void plain_print_kernels(Plain *p, bool backward);
const char *plain_calls(Plain *p, int first, int end, bool backward);

/* Those of the helpers that `text` needs, and behind them the text. */
void plain_print_helpers(Plain *p, const PlainHelper *helpers, const char *text);

/* Of a library: its forward pass, and what else Lowering.library tells. */
void plain_lower_library(Plain *p, Lowering *lowering);

/* Of a library that trains: one graph of a step and of the forward pass behind it; the functions of the step; those
 * that learn; and of these the state that they change, whose groups have so many settings. Returns its bytes. */
struct Homes;
Graph *plain_join(Arena *arena, const Graph *step, const Graph *forward);
void plain_print_pass(Plain *p, struct Homes *homes, TrainingCore *core);
void plain_print_learning(Plain *p, const struct Homes *homes, TrainingCore *core);
int64_t plain_print_state(Plain *p, int settings);

/* The place of a parameter in a library's block. */
long long plain_parameter_place(const Plain *p, const Parameter *parameter);

/* The body of a function, which begins with a brace, with those of its arguments named that it does not use; the last
 * one is NULL. */
const char *plain_unused(Plain *p, const char *body, const char *const *arguments);

/* The text with the type of its sums by a name, `wide`; and a text that has such with what it begins with. */
const char *plain_with_wide(Plain *p, const char *text);
const char *plain_library_text(Plain *p, const char *text);

void plain_print_init(Plain *p);

/* The numbers of the largest parameter that is drawn and not there any more; 0: there is none. And the doubles that
 * drawing takes beside what is drawn. */
int64_t plain_discarded(const Plain *p);
int64_t plain_scratch(const Plain *p);
/* The optimizer's step. Returns the bytes of a library's state, which it is printed with; else 0. */
int64_t plain_print_optimizer(Plain *p);
/* The schedule of the rates: the struct that its functions change, which a library has in its state, and of how many
 * bytes it is at most; and the functions. */
int64_t plain_print_rates(Plain *p);
void plain_print_schedule(Plain *p);
bool plain_asks_for_updates(const Scheduler *s);
void plain_print_data(Plain *p);
void plain_print_training(Plain *p);

/* What becomes of parameters beside learning: save(), load() where training begins with a file's, and stops(). */
void plain_print_keeping(Plain *p);
bool plain_loads(const Plain *p);
bool plain_restores(const Train *train); /* the best epoch's parameters are what a run ends with */
int plain_stop_metric(const Train *train); /* as Train.metric, by which `stop` goes; 0: one that is not measured */
int64_t plain_parameter_numbers(const Plain *p);

/* Of a reference: the pass, and the table of what is in its memory. */
void plain_print_reference(Plain *p);

/* Whether an operation reads a value, or it is what the model gives. */
bool plain_is_read(const Plain *p, const Value *value);

/* Whether the arena has a value: not where the function returns it. */
bool plain_is_member(const Value *value);

/* "behind(3);\n": the calls behind an operation of a reference that tell of what it has made. */
const char *plain_behind(Plain *p, const Op *op);

/* "observe(3, conv2d_0, 1024);\n": the same of a library that is observed (Lowering.observed). */
const char *plain_observed(Plain *p, const Op *op);

/* What the optimizer keeps of each number that learns: the name of its array, or NULL. */
const char *plain_optimizer_state(Plain *p, int index);

/* Whether a value is a parameter that learns; and how many numbers all such have. */
bool plain_learns(const Value *value);
int64_t plain_learned(const Plain *p);

/* The group of settings that a parameter learns by. */
int plain_group_of(const Train *train, const Parameter *parameter);

/* Whether something is done to gradients before the optimizer sees them. */
bool plain_gathers(const Train *train);

/* Whether the scheduler has to know how many updates an epoch has, or where it ends. */
bool plain_counts_updates(const Train *train);

/* Whether the scheduler changes the momentum too. */
bool plain_cycles_momentum(const Train *train);

/* The shortest text that C reads as this double. */
const char *plain_number(Plain *p, double number);

extern const PlainKernel plain_conv2d, plain_conv_transpose2d, plain_conv2d_grad_input, plain_conv2d_grad_weight,
    plain_linear, plain_linear_grad_input, plain_linear_grad_weight, plain_grad_bias, plain_max_pool2d,
    plain_max_pool2d_grad, plain_avg_pool2d, plain_avg_pool2d_grad, plain_relu, plain_relu_grad, plain_activation,
    plain_activation_grad, plain_prelu, plain_prelu_grad, plain_prelu_grad_weight, plain_softmax, plain_softmax_grad,
    plain_embedding, plain_embedding_grad, plain_swap, plain_dropout, plain_dropout_grad, plain_dropout_channels,
    plain_dropout_channels_grad, plain_reshape, plain_reshape_grad, plain_pad2d, plain_extend2d, plain_extend2d_grad,
    plain_upsample2d, plain_upsample2d_grad, plain_moments, plain_batch_statistics, plain_kept_statistics,
    plain_group_statistics,
    plain_instance_keep, plain_norm, plain_norm_sums, plain_batch_statistics_grad, plain_group_statistics_grad,
    plain_norm_grad, plain_norm_grad_weight, plain_norm_grad_bias, plain_scale, plain_scale_grad,
    plain_scale_grad_weight, plain_scale_grad_bias, plain_add, plain_concat, plain_concat_grad, plain_multiply,
    plain_loss, plain_loss_grad;

#endif
