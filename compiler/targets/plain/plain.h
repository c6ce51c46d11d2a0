/* The plain target: C99 as a textbook prints it, self-contained, one function an operation.
 *
 * Everything is printed from templates, which are C with holes. In a template
 *
 *     $name      is what plain_set gave the name
 *     ?name ...  is a line that is printed where the name was given something; !name where it was not
 *
 * and indentation is made here, from braces and from lines that begin a statement without ending it. A hole whose text
 * has several lines, on a line of its own, is a template too. */
#ifndef NETC_TARGETS_PLAIN_PLAIN_H
#define NETC_TARGETS_PLAIN_PLAIN_H

#include "base/set.h"
#include "base/text.h"
#include "graph/op.h"
#include "targets/target.h"

enum { PLAIN_HOLES = 64, PLAIN_DEPTH = 16, PLAIN_STATES = 3 };

typedef struct Hole {
    const char *name, *text;
} Hole;

typedef struct Plain {
    Arena *arena;
    Diag *diag;
    const Program *program;
    const Graph *graph;
    Text text;
    StringSet members;     /* names of the arena's members */
    StringSet functions;
    const char **member;   /* [values] "conv2d_0", "weight_0" */
    const char **function; /* [operations] "conv2d_0_forward"; NULL: it is no kernel */
    const char **call;     /* [operations] "conv2d_0_forward(count, a.input, ...)", once the function is printed */
    int batch;             /* samples of the largest batch */
    Hole holes[PLAIN_HOLES];
    int hole_count;

    /* where the text is */
    int indent, chain, if_chain;
    const char *backward_arguments; /* what backward() is called with */

    int open[PLAIN_DEPTH], open_count; /* of each brace: how deep its statement stood */
} Plain;

/* Fills a hole; "" takes a line with `?` away. */
void plain_set(Plain *p, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
const char *plain_get(const Plain *p, const char *name);
bool plain_has(const Plain *p, const char *name);
void plain_forget(Plain *p);

void plain_print(Plain *p, const char *template);

/* A comment that begins a part of the program. */
void plain_rule(Plain *p, const char *title);

/* ---- Kernels ----------------------------------------------------------------------------------------------------- */

/* An operation's function. Its parameters are the number of samples, where something is batched, `also`, and the
 * operation's inputs and outputs, called by their roles: those of them that the body uses. */
typedef struct PlainKernel {
    const char *name; /* behind that of the layer: "forward" */
    void (*print)(Plain *p, const Op *op); /* the body */
    const char *also;  /* "int training": the call passes a variable of that name */
    const char *gives; /* what the function returns, instead of its output: "double"; NULL: nothing */
    bool channels;     /* the output has some numbers for each channel: the last extent, 1, is left out */
} PlainKernel;

/* By kind of operation; NULL: it is no kernel. */
extern const PlainKernel *const plain_kernels[OP_COUNT];

/* Prints the function of an operation, and notes the call of it. */
void plain_kernel(Plain *p, const Op *op);

/* "[3][5][5]", as the arena has a value: of one sample. */
const char *plain_extents(Plain *p, const Value *value);
const char *plain_type(const Value *value);

/* Fills holes with extents: of an image PREFIX: C, H, W. */
void plain_set_image(Plain *p, const char *channels, const char *rows, const char *columns, Shape sample);

/* Fills the holes `loops` and `at` for all elements of `value`: "for (...) ..." and "[n][i][j]". */
void plain_set_elements(Plain *p, const Value *value);

/* Fills what a loss over classes reads, of each of some places: `t` the label, `x` the output of class i, `x0` of the
 * first one, `xt` of the label's; `dx`, `dxt`; and `P`, the places, where there are several. */
void plain_places(Plain *p, int64_t places);

/* Whether the data may give probabilities of the classes instead of labels: that is known when they are read. */
bool plain_takes_shares(const Plain *p);

/* The loss and its gradient over probabilities, where there may be such. */
void plain_print_soft_loss(Plain *p, const Op *op);

/* Fills `pixels` and `at` for all places of a channel: loops, and "[r][c]"; `pixel_count`: how many. */
void plain_set_pixels(Plain *p, Shape sample);

/* "2 * r + k - 1": where tap `tap` of a window stands. */
const char *plain_place(Plain *p, const char *out, int stride, int padding, const char *tap, int dilation);

/* ---- Parts of the program ---------------------------------------------------------------------------------------- */

/* A function that others may use. */
typedef struct PlainHelper {
    const char *use, *text; /* what text has that uses it: " most(" */
} PlainHelper;

extern const PlainHelper plain_helpers[]; /* ends with a nameless one */

void plain_name_values(Plain *p);
void plain_print_init(Plain *p);

/* The numbers of the largest parameter that is drawn and not there any more; 0: there is none. */
int64_t plain_discarded(const Plain *p);
void plain_print_optimizer(Plain *p);
void plain_print_schedule(Plain *p);
void plain_print_data(Plain *p);
void plain_print_training(Plain *p);

/* What the optimizer keeps of each number that learns: the name of its array, or NULL. */
const char *plain_optimizer_state(Plain *p, int index);

/* The group of settings that a parameter learns by. */
int plain_group_of(const Train *train, const Parameter *parameter);

/* Whether something is done to gradients before the optimizer sees them. */
bool plain_gathers(const Train *train);

/* Whether the scheduler has to know how many updates an epoch has, or where it ends. */
bool plain_counts_updates(const Train *train);

/* Whether the scheduler changes the momentum too. */
bool plain_cycles_momentum(const Train *train);

/* Whether `text` has the word `name`. */
bool plain_has_word(const char *text, const char *name);

/* The shortest text that C reads as this double. */
const char *plain_number(Plain *p, double number);

extern const PlainKernel plain_conv2d, plain_conv_transpose2d, plain_conv2d_grad_input, plain_conv2d_grad_weight,
    plain_linear, plain_linear_grad_input, plain_linear_grad_weight, plain_grad_bias, plain_max_pool2d,
    plain_max_pool2d_grad, plain_avg_pool2d, plain_avg_pool2d_grad, plain_relu, plain_relu_grad, plain_activation,
    plain_activation_grad, plain_prelu, plain_prelu_grad, plain_prelu_grad_weight, plain_softmax, plain_softmax_grad,
    plain_embedding, plain_embedding_grad, plain_swap, plain_dropout, plain_dropout_grad, plain_dropout_channels,
    plain_dropout_channels_grad, plain_reshape, plain_reshape_grad, plain_pad2d, plain_extend2d, plain_extend2d_grad,
    plain_upsample2d, plain_upsample2d_grad, plain_moments, plain_batch_statistics, plain_group_statistics,
    plain_instance_keep, plain_norm, plain_norm_sums, plain_batch_statistics_grad, plain_group_statistics_grad,
    plain_norm_grad, plain_norm_grad_weight, plain_norm_grad_bias, plain_scale, plain_scale_grad,
    plain_scale_grad_weight, plain_scale_grad_bias, plain_add, plain_concat, plain_concat_grad, plain_multiply,
    plain_loss, plain_loss_grad;

#endif
