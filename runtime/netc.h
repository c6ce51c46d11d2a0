/* netc.h: what an emitted trainer sees of the runtime.
 *
 * Nothing but plain C11 declarations, because libtcc is given this very text, with that of data_sets.h in front (netc
 * run needs no header on the machine). All tensors are float32 unless said otherwise. "Block": one array that holds all
 * parameters, each starting at a multiple of 16 floats; a parameter's gradient stands at the same offset in a gradient
 * block. */
#ifndef NETC_H
#define NETC_H

#include "data_sets.h"
#include "devices.h"

/* ---- The model, as constant tables that the compiler emits ------------------------------------------------------- */

enum { NC_MAX_AXES = 8, NC_MAX_RANK = 5, NC_MAX_CHANNELS = 16 };

/* One axis of a parameter in torch's element order: how many, and how far apart in the block. */
struct nc_axis {
    long long size, stride;
};

/* How a parameter begins, as torch.nn.init has it. */
enum {
    NC_INIT_UNIFORM,      /* low, high: bounds */
    NC_INIT_CONSTANT,     /* low */
    NC_INIT_NORMAL,       /* low: mean; high: standard deviation */
    NC_INIT_TRUNC_NORMAL, /* the same, between from and to */
    NC_INIT_EYE,
    NC_INIT_DIRAC,        /* low: groups */
    NC_INIT_ORTHOGONAL,   /* low: gain */
    NC_INIT_NORMAL_PADDED, /* mean 0, deviation 1; then row `low` is 0 */
    NC_INIT_PARTIAL_DIRAC, /* the first outputs, as many as inputs, as of DIRAC; the others stay as they were */
    NC_INIT_WHITENING,    /* from the first `high` training samples; low: eps */
};

/* What training does to a parameter: the optimizer learns it; or a layer keeps it up to date (torch's buffers): floats,
 * or one 64-bit whole number, which takes the place of two floats; or nothing (requires_grad=False). */
enum { NC_LEARNED, NC_KEPT, NC_COUNT, NC_FROZEN };

/* A parameter: torch's name and shape, and where its elements lie in the block. Walking `axes` as nested loops (the
 * last one fastest) visits the elements in torch's order; what no axis reaches is padding and stays zero. */
struct nc_parameter {
    const char *name; /* "0.weight" */
    int rank;
    long long shape[NC_MAX_RANK];
    long long offset, floats; /* in the block, padding included */
    int axis_count;
    struct nc_axis axes[NC_MAX_AXES];
    int kind;         /* NC_LEARNED, ... */
    int init;         /* NC_INIT_..., with its numbers */
    double low, high;
};

/* An `init` statement, for one parameter. */
struct nc_fill {
    int parameter; /* its number in the model's table; behind its end, in that of those that are gone */
    int init;      /* NC_INIT_..., with its numbers */
    double low, high, from, to;
};

/* What a layer leaves in memory for each sample. When a loss is not finite, the runtime looks through these in order
 * and names the first layer whose output is not a number. */
struct nc_probe {
    const char *layer;        /* "0: Conv2d(3, 32, 5, 1, 2)" */
    int line;                 /* in the .net file */
    long long offset, floats; /* bytes into the workspace; floats of a sample */
    int phase;                /* the number of the phase that makes it */
    int in_batch;             /* 1: `offset` counts in the memory of the batch, not in the workspace */
};

/* A dropout layer. Masks are drawn once a step, layer by layer, as torch draws them. */
struct nc_dropout {
    long long elements; /* how many numbers are drawn for a sample; 0: one for the whole batch */
    double p;
    int always;         /* 1: numbers are drawn even where p is 1 */
};

/* What a function of the model works on: the samples of one microbatch, or one part of a kernel for all samples of the
 * batch (nc_phase.parts). */
struct nc_microbatch {
    int count;                   /* number of samples: 1 to model->microbatch, or all of the batch */
    int first;                   /* the place of the first one in the batch */
    int part;                    /* the number of the part, from 0 */
    int own, own_end;            /* of a part: the samples of the batch that this process has, all or some */
    const void *at;              /* nc_phase.at of the phase under way */
    int kernel;                  /* nc_phase.kernel of the phase under way */
    const void *const *input;    /* [count] raw samples, as the data set keeps them */
    const void *target;          /* [count][places] int class numbers, or [count][outputs] floats */
    int probabilities;           /* 1: these floats are probabilities of classes */
    const float *weights;        /* the parameter block */
    float *kept;                 /* the same block, where layers update their running statistics; NULL: they don't */
    int training;                /* 0: layers are in evaluation mode */
    const float *packed;         /* packed weights: parameters once more, in the orders that kernels read */
    float *gradients;            /* the gradient block to add to; NULL in evaluation */
    unsigned char *workspace;    /* model->workspace bytes of this thread, aligned to 64 */
    unsigned char *batch;        /* model->batch_bytes bytes that all threads share, aligned to 64 */
    float *learned;              /* model->learned floats of this thread, for a part of a gradient */
    int told;                    /* 1: a part of a gradient stays there, since other processes will be told of it */
    float *whole;                /* [block]: where such parts are kept; NULL: the optimizer takes each at once */
    const struct nc_update *update; /* the optimizer's step */
    const float *pixel;          /* [channels][256]: the float that a byte of each channel stands for */
    const unsigned char *const *dropout; /* of each dropout layer [batch][elements] mask bytes, 0 or 1, in torch's
                                          * order, or one for the batch; NULL in evaluation */
    float scale;                 /* factor of each place's loss: 1 / places in the batch, or 1 */
    double loss;                 /* out: the sum of the samples' scaled losses */
    long long correct;           /* out: how many places have their class as the largest output */
};

/* How a loss is reduced over the batch. */
enum { NC_MEAN, NC_SUM, NC_BATCH_MEAN };

/* What a loss takes the model's outputs for. */
enum { NC_NUMBER, NC_PROBABILITY, NC_LOGIT, NC_LOG_PROBABILITY };

/* The arguments of a loss. */
struct nc_loss {
    int output;               /* NC_NUMBER, ... */
    int reduction;            /* NC_MEAN: over places (by the weights of their classes) and outputs; NC_BATCH_MEAN: over
                               * samples */
    double label_smoothing;
    int places;               /* an output is [classes][places], with a class for each place; 0 means 1 */
    long long ignore_index;   /* places of this class count nothing */
    double threshold;         /* of Huber and smooth L1: where the square ends and the absolute value begins */
    int log_target;           /* 1: targets are logarithms */
    int labels_only;          /* 1: targets are class numbers, never probabilities */
    const float *weight;      /* [classes] or [outputs]; NULL: all 1 */
    const float *pos_weight;  /* [outputs]: weights of positive targets; NULL: all 1 */
};

/* A stretch of the step that a thread goes through without waiting for others. Its tasks are the shards of the batch,
 * each taken microbatch by microbatch; or, where `parts` is not 0, that many parts of a kernel for the whole batch. At
 * a barrier all threads wait for each other. Phases with equally many barriers before them run at the same time. */
struct nc_phase {
    int barriers;    /* how many come before it */
    void (*train)(struct nc_microbatch *mb);
    void (*test)(struct nc_microbatch *mb); /* in evaluation mode; NULL: nothing is to be done there */
    int parts;
    int samples;     /* of a part, whose values are made of these samples alone; 0: a part is about the whole batch */
    int pieces;      /* parts for the same samples, where there are `samples` */
    int loss;        /* 1: it makes mb->loss and mb->correct, where mb->target is given, and begins the gradients */
    int learns;      /* 1: it changes parameters; such phases stand behind the last barrier */
    const void *at;  /* table of places for a function that several phases share; NULL: it needs none */
    int kernel;      /* the number of such a function's first kernel, for nc_lap */
};

/* How a weight gets to another layout: part `part` of `parts`, from its place in the parameters to that in the packed
 * ones. */
struct nc_packing {
    void (*pack)(const float *weights, float *packed, int part, int parts);
    long from, to;
};

/* Where the model's output lies. */
struct nc_output {
    long long offset; /* bytes into the workspace, [microbatch][stride] floats */
    int stride;
    int in_batch;     /* 1: bytes into the memory of the batch instead, [batch][stride] floats */
};

/* What a phase leaves of each sample for kernels that sum over the batch. Processes that share a batch exchange it
 * behind that phase. Where the one phase that sums it is shared out, each of its parts may read some channels alone. */
struct nc_gathered {
    int phase, before;       /* the number of that phase, and of the first one that sums */
    int forward;             /* 1: kernels of the forward pass read it */
    long long offset;        /* where that of the first sample begins; */
    long long rows, row_step, cols, col_step, bytes, step; /* as of struct nc_form */
    long long part;          /* bytes of a column that a part reads; 0: it reads all */
    long long part_step[3];  /* part (i, j, k) from (i, j, k) * part_step on, modulo col_step */
};

/* Behind which phase the shards' gradients of a stretch of the block are whole: it goes from the end of the one before
 * to `end`. */
struct nc_finished {
    int phase;
    long long end;
};

/* Floats that are rows of the block: outer * inner of them, so far apart from the first one on. */
struct nc_rows {
    long long outer, outer_step, inner, inner_step; /* 0 rows: all is side by side */
};

/* A phase that learns, whose parts processes share out among them, since all of the gradient is told sooner than
 * computed. */
struct nc_shared_out {
    int phase, parts;
    int floats;           /* of a row that a part makes, */
    struct nc_rows rows;  /* as nc_learn_rows takes them; */
    long long at;         /* where the first part's begin in the block; */
    int cut[3];           /* part (i * cut[1] + j) * cut[2] + k begins i * step[0] + j * step[1] + k * step[2] behind */
    long long step[3];
};

/* How samples go through the model in evaluation mode, where norms that go by running statistics are part of the layers
 * in front of them. */
struct nc_passage {
    const struct nc_phase *phases; /* their `test` alone is called */
    int phase_count;
    void (*pack)(const float *weights, float *packed); /* called before an evaluation; NULL: nothing is to be packed */
    int crosses;             /* 1: it uses the memory of the batch, so at most model->capacity samples go together */
    struct nc_output output;
    const struct nc_gathered *gathered; /* [gathered_count], which programs of several processes have */
    int gathered_count;
};

struct nc_model {
    const char *name;        /* "Tudui" */
    const char *file;        /* "cifar10.net" */
    int input_rank;
    long long input_shape[NC_MAX_RANK]; /* of a sample: 3, 32, 32 */
    int floats;              /* 1: samples are floats, [channels][rows][columns]; 0: bytes, see nc_microbatch.pixel */
    int tokens;              /* not 0: samples are ints from 0 to tokens - 1, which stand for words or the like */
    int outputs;             /* floats of a sample's output */
    int output_rank;         /* of its shape; 0: it is a row */
    long long output_shape[NC_MAX_RANK];
    int classes;             /* 1: targets are class numbers, one for each of the loss's places, or probabilities, one
                              * for each output; 0: targets are floats, one for each output */
    const struct nc_loss *loss;
    const struct nc_parameter *parameters;
    int parameter_count;
    const struct nc_fill *fills; /* `init` statements, in their order */
    int fill_count;
    int fills_are_all;           /* 1: no parameter is drawn but by `fills` */
    const struct nc_parameter *gone; /* names and shapes of parameters that the model had before it was changed */
    long long block;         /* floats of the parameter block, a multiple of 16 */
    long long sharded;       /* the first floats of the block, whose gradients each shard makes for itself */
    long long packed;        /* floats of packed weights */
    long long packed_forward; /* the first of them, which is all that evaluation reads */
    long long workspace;     /* bytes of a thread */
    long long batch_bytes;   /* bytes that all threads share, */
    int capacity;            /* which are enough for so many samples */
    long long learned;       /* floats of the largest part of a gradient */
    int microbatch;          /* most samples of a microbatch */
    int shard;               /* samples of a shard, a multiple of `microbatch`. Shards' gradients are added up in order,
                              * so that sums do not depend on the number of threads. */
    int batch;               /* samples of a training batch */
    const char *norm;        /* a norm that needs more than one sample, for messages; NULL: there is none */
    int norm_tests;          /* 1: it does in evaluation too */
    int mingles;             /* 1: in evaluation an output depends on the other samples of its batch */
    const struct nc_dropout *dropouts;
    int dropout_count;
    const struct nc_probe *probes;
    int probe_count;

    const struct nc_phase *phases; /* those that learn stand last */
    int phase_count;
    const struct nc_passage *evaluation; /* NULL: evaluation goes by the phases' `test` */
    /* Pack the weights that forward kernels read, and those that only gradients of inputs read: part `part` of `parts`.
     * NULL: there are none. */
    void (*pack)(const float *weights, float *packed, int part, int parts);
    void (*pack_backward)(const float *weights, float *packed, int part, int parts);
    struct nc_output output;
    const struct nc_gathered *gathered; /* the same of the model's phases */
    int gathered_count;
    const struct nc_shared_out *shared_out; /* [shared_out_count], likewise */
    int shared_out_count;
    const struct nc_finished *finished; /* [finished_count] stretches of what is sharded, likewise */
    int finished_count;
};

/* A pass forward and backward that was printed as a textbook has it, with its memory: what the command `accuracy`
 * compares the model with. */
struct nc_reference_value {
    const char *name;
    void *at;          /* doubles, or floats, or ints */
    long long numbers; /* of a sample where it is batched */
    int batched, ints;
};

struct nc_reference {
    int doubles;                   /* 1: its numbers are doubles; 0: floats */
    const struct nc_reference_value *values;
    int value_count;
    double (**draw)(void);         /* what dropout draws from */
    void (**behind)(int value);    /* is called when a value of samples, by its number, has been made */
    double (*pass)(int count);     /* of so many samples: their mean loss, or what the loss is reduced to */
};

/* ---- The train block, statement by statement --------------------------------------------------------------------- */

struct nc_run;  /* a training run */
struct nc_data; /* a data set */

/* Reads the options. Ends the program on --version (0) and on unknown options (2). */
struct nc_run *nc_start(const struct nc_model *model, int argc, char **argv);

void nc_seed(struct nc_run *run, unsigned long long seed); /* without it: a seed from the system, printed */
void nc_threads(struct nc_run *run, int threads);
void nc_epochs(struct nc_run *run, int epochs);

/* Loads samples of `data` in batches of `batch_size`. */
void nc_train_data(struct nc_run *run, struct nc_data *data, int batch_size, int shuffle, int drop_last);
void nc_test_data(struct nc_run *run, struct nc_data *data, int batch_size, int shuffle, int drop_last);

/* Not after each epoch but after every so many, and after the last one. */
void nc_test_every(struct nc_run *run, int every);

/* In evaluation a sample's outputs are the mean of those of several views of it. "mirror": the picture and its mirror;
 * "mirror_translate": these, with half of the weight, and both moved by a pixel to two sides. loss: the model's, one of
 * the functions below. */
void nc_test_views(struct nc_run *run, const char *views,
                   void (*loss)(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride,
                                int outputs, float *gradient));

/* So many threads prepare the samples of the next batches while steps run, prefetch_factor batches for each of them.
 * The samples and their order are those of num_workers 0, where the threads that compute do it before each step. */
void nc_train_workers(struct nc_run *run, int num_workers, int prefetch_factor);
void nc_test_workers(struct nc_run *run, int num_workers, int prefetch_factor);

/* Scalars every `every` steps and after each epoch, as event files and a table in `folder`; NULL: runs/DATE_HOST. */
void nc_log(struct nc_run *run, const char *folder, int every);

/* What a layer gives, where an evaluation leaves it: an image of each sample, channels side by side. */
struct nc_feature_map {
    const char *name;                      /* "0: Conv2d" */
    int channels, rows, columns;
    long long offset, sample, row, column; /* where its first pixel is, in bytes; floats from one to the next */
    int phase, in_batch;                   /* as of a probe, of the evaluation */
};

/* In each epoch the first `count` samples of its first batch as a grid of pictures, and what layers make of them. */
void nc_log_images(struct nc_run *run, int count, const struct nc_feature_map *views, int view_count);

/* A node of the model's graph, as TensorBoard draws it: names nest by '/'. */
struct nc_node {
    const char *name, *op, *attributes;
    int inputs, first, rank; /* how many, and where they begin in the list of edges, which has the numbers of nodes */
    long long shape[NC_MAX_RANK + 1];
};

/* The model's graph, and the text that nc_shown has given. */
void nc_log_graph(struct nc_run *run, const struct nc_node *nodes, int count, const int *edges);

/* What of the program is shown to people: the lines of the .net file, and those of the model drawn as an SVG picture.
 * The arrays must outlive the run. */
void nc_shown(struct nc_run *run, const char *const *text, int text_lines, const char *const *drawing,
              int drawing_lines);

/* After each epoch what is logged as one page of HTML. */
void nc_report(struct nc_run *run, const char *name);

/* After each epoch how the values of each parameter are distributed. */
void nc_log_histograms(struct nc_run *run);

/* Saves after each epoch; {epoch} in the name is the epoch's number, from 0, and {step} that of the steps made. */
void nc_save(struct nc_run *run, const char *name);

/* Saves after every so many steps, or epochs, instead ("step", "epoch"), and where the run ends. */
void nc_save_every(struct nc_run *run, int every, const char *unit);

/* Only the last `count` files stay. The best epoch by a metric's printed name ("test_loss") has a file of its own. */
void nc_save_keep(struct nc_run *run, int count);
void nc_save_best(struct nc_run *run, const char *metric);

/* Ends the run when the metric has not been better than its best by more than min_delta for `patience` epochs. mode:
 * "min", "max" or "auto". restore_best: the last file has the best epoch's parameters. */
void nc_stop(struct nc_run *run, int patience, const char *metric, double min_delta, const char *mode,
             int restore_best);

/* A module of the model, as torch has them: a layer, or a Sequential of those that follow it and are deeper. */
struct nc_module {
    const char *name;       /* among its siblings; "" of the model itself */
    const char *class;      /* "torch.nn.modules.conv.Conv2d" */
    const char *attributes; /* the inside of a Python dict: "'p': 0.5, 'inplace': False" */
    const char *parameters; /* those that the class has: "weight bias"; and its buffers */
    const char *buffers;
    int first, tensors;     /* those that there are, among the model's parameters: from number `first` on */
    int depth;
};

/* What is saved is the whole model, not its parameters alone. */
void nc_save_whole(struct nc_run *run, const struct nc_module *modules, int count);

/* Starts from the parameters of a .pth file; shapes must be the model's, and names too unless `strict` is 0. */
void nc_load(struct nc_run *run, const char *name, int strict);

/* Neither of them, but checkpoints can be read and written where the command line asks for it. */
void nc_checkpoints(struct nc_run *run);

/* Where a parameter of a file goes: its name there, and its number, as of struct nc_fill. */
struct nc_origin {
    const char *name;
    int parameter;
};

/* Starts from a file of what the model was before it was changed: `of`, with these parameters. What has its name and
 * shape there and is still in the model is taken. The table must outlive the run. */
void nc_weights(struct nc_run *run, const char *name, const char *of, const struct nc_origin *origins, int count);

/* The names in that file: `prefix` is taken off those that begin with it, then a child called from[0] is called from[1]
 * (of each name the first that fits; "" is all of the file). The array must outlive the run. */
void nc_load_prefix(struct nc_run *run, const char *prefix);
void nc_load_rename(struct nc_run *run, int count, const char *const (*renames)[2]);

/* The optimizer: torch.optim's arguments in torch's order, pairs as two numbers. */
void nc_sgd(struct nc_run *run, double lr, double momentum, double dampening, double weight_decay, int nesterov,
            int maximize);
void nc_adam(struct nc_run *run, double lr, double beta1, double beta2, double eps, double weight_decay, int amsgrad,
             int maximize, int decoupled_weight_decay);
void nc_adamw(struct nc_run *run, double lr, double beta1, double beta2, double eps, double weight_decay, int amsgrad,
              int maximize);
void nc_nadam(struct nc_run *run, double lr, double beta1, double beta2, double eps, double weight_decay,
              double momentum_decay, int decoupled_weight_decay, int maximize);
void nc_radam(struct nc_run *run, double lr, double beta1, double beta2, double eps, double weight_decay,
              int decoupled_weight_decay, int maximize);
void nc_rmsprop(struct nc_run *run, double lr, double alpha, double eps, double weight_decay, double momentum,
                int centered, int maximize);
void nc_adagrad(struct nc_run *run, double lr, double lr_decay, double weight_decay, double initial_accumulator_value,
                double eps, int maximize);
void nc_adadelta(struct nc_run *run, double lr, double rho, double eps, double weight_decay, int maximize);
void nc_adamax(struct nc_run *run, double lr, double beta1, double beta2, double eps, double weight_decay,
               int maximize);

/* Settings of their own for the `count` parameters whose numbers are given: what nc_part_value does not say they have
 * as all others. The arrays must outlive the run. */
void nc_part(struct nc_run *run, const char *name, int count, const int *parameters);
void nc_part_value(struct nc_run *run, const char *name, int count, const double *values);

/* Before each update: torch.nn.utils.clip_grad_norm_ over all parameters, clip_grad_value_. */
void nc_clip_norm(struct nc_run *run, double max_norm);
void nc_clip_value(struct nc_run *run, double clip_value);

/* The gradients of `batches` batches make one update, each divided by their number. */
void nc_accumulate(struct nc_run *run, int batches);

/* After every k updates slow weights go a share of the way to those that the optimizer changes, and these begin anew
 * from there: 1 - (1 - alpha) * done ** power, where `done` is how much of the run is. At last the slow ones stay. */
void nc_lookahead(struct nc_run *run, int k, double alpha, double power);

/* Schedulers: torch.optim.lr_scheduler's arguments in torch's order; lists with their length at the end. */
struct nc_scheduler;
struct nc_scheduler *nc_step_lr(struct nc_run *run, int step_size, double gamma);
struct nc_scheduler *nc_multi_step_lr(struct nc_run *run, const double *milestones, double gamma, int count);
struct nc_scheduler *nc_exponential_lr(struct nc_run *run, double gamma);
struct nc_scheduler *nc_constant_lr(struct nc_run *run, double factor, int total_iters);
struct nc_scheduler *nc_linear_lr(struct nc_run *run, double start_factor, double end_factor, int total_iters);
struct nc_scheduler *nc_polynomial_lr(struct nc_run *run, int total_iters, double power);
struct nc_scheduler *nc_cosine_annealing_lr(struct nc_run *run, int t_max, double eta_min);
struct nc_scheduler *nc_cosine_annealing_warm_restarts(struct nc_run *run, int t_0, int t_mult, double eta_min);
struct nc_scheduler *nc_one_cycle_lr(struct nc_run *run, double max_lr, int total_steps, int epochs,
                                     int steps_per_epoch, double pct_start, const char *anneal_strategy,
                                     int cycle_momentum, double base_momentum, double max_momentum, double div_factor,
                                     double final_div_factor, int three_phase);
struct nc_scheduler *nc_cyclic_lr(struct nc_run *run, double base_lr, double max_lr, int step_size_up,
                                  int step_size_down, const char *mode, double gamma, int cycle_momentum,
                                  double base_momentum, double max_momentum);
struct nc_scheduler *nc_reduce_lr_on_plateau(struct nc_run *run, const char *mode, double factor, int patience,
                                             double threshold, const char *threshold_mode, int cooldown, double min_lr,
                                             double eps);
struct nc_scheduler *nc_sequential_lr(struct nc_run *run, int count, struct nc_scheduler *const *schedulers,
                                      const double *milestones);
struct nc_scheduler *nc_chained_scheduler(struct nc_run *run, int count, struct nc_scheduler *const *schedulers);

/* The scheduler of the run, how often it steps and what it looks at. */
enum { NC_EVERY_EPOCH, NC_EVERY_BATCH };
enum { NC_METRIC_NONE, NC_METRIC_TEST_LOSS, NC_METRIC_TEST_ACCURACY, NC_METRIC_TRAIN_LOSS, NC_METRIC_TRAIN_ACCURACY,
       NC_METRIC_COUNT };
void nc_schedule(struct nc_run *run, struct nc_scheduler *scheduler, int every, int metric);

/* What is measured in evaluation beside the loss, as torchmetrics has it. average: "micro", over all samples; "macro",
 * the mean of the classes' own; "none": a table of these at the end. top_k: the class is among so many largest outputs.
 * threshold: of outputs that are a yes or no each, or if logits of what a sigmoid makes of them. */
void nc_accuracy(struct nc_run *run, const char *average, int top_k, double threshold, int logits);
void nc_confusion_matrix(struct nc_run *run, double threshold, int logits);
void nc_mean_absolute_error(struct nc_run *run);
void nc_mean_squared_error(struct nc_run *run, int squared); /* squared 0: its root */

/* What is measured of a kernel in a program compiled with --profile. */
struct nc_kernel_row {
    const char *name;   /* of its function */
    const char *layers; /* "0: Conv2d(3, 32, 5, 1, 2), 1: MaxPool2d(2)" */
    int line;           /* in the .net file; 0: none */
    const char *pass;   /* "forward", "loss", "backward", "update", "input" */
    const char *family; /* "conv_pool" */
    double flops;       /* of a sample: multiplications and additions of the definition, whatever the kernel needs */
};

/* Measures the time of each kernel and prints a table at the end. Only programs compiled with --profile call it. */
void nc_profile(struct nc_run *run, const struct nc_kernel_row *kernels, int count);

/* Stands behind a call of kernel `kernel`: the time since the thread's last lap went there. */
void nc_lap(int kernel);

/* Trains, or does what the command line says instead; --help ends the program. Returns the exit status. */
int nc_train(struct nc_run *run);

/* ---- Losses and what else a microbatch calls --------------------------------------------------------------------- */

/* The losses of `mb->count` rows of `outputs` numbers x (row distance `stride` floats), reduced as `loss` says and
 * times mb->scale, added to mb->loss; their gradient by x (same stride; padding set to 0), or NULL. Targets t are class
 * numbers, which the data set has checked, or rows of `outputs` floats. w is loss->weight. Over classes, which also
 * counts the correct samples, those whose largest x is at t, or at the largest of its probabilities, which
 * cross_entropy takes too:
 *     cross_entropy  (1 - e) w[t] (log sum exp x - x[t]) + e / outputs * sum_c w[c] (log sum exp x - x[c]),
 *                    e the label smoothing; or sum_c w[c] ((1 - e) t[c] + e / outputs) (log sum exp x - x[c])
 *     nll            -w[t] x[t]
 * Over each output:
 *     l1             |x - t|
 *     mse            (x - t)^2
 *     smooth_l1      (x - t)^2 / (2 threshold) where |x - t| < threshold, else |x - t| - threshold / 2
 *     huber          (x - t)^2 / 2 where |x - t| <= threshold, else threshold (|x - t| - threshold / 2)
 *     bce            -w (t log x + (1 - t) log(1 - x)), logarithms not below -100
 *     bce_with_logits  the same of x = 1 / (1 + exp -x), its first term times pos_weight
 *     kl_div         t (log t - x), or exp(t) (t - x) of log targets */
void nc_cross_entropy(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
                      float *gradient);
void nc_nll(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
            float *gradient);
void nc_l1(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
           float *gradient);
void nc_mse(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
            float *gradient);
void nc_smooth_l1(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
                  float *gradient);
void nc_huber(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
              float *gradient);
void nc_bce(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
            float *gradient);
void nc_bce_with_logits(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
                        float *gradient);
void nc_kl_div(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
               float *gradient);

/* A batch norm over `channels` channels of `pixels` pixels a sample. Parameters are places in the block; -1: none. */
struct nc_batch_norm {
    long long channels, pixels;
    int pieces; /* of a sample, alike, whose moments stand one behind the other; 0: it is one */
    double eps, momentum; /* momentum below 0: the running statistics are the means over all batches */
    long long weight, bias, running_mean, running_var, batches;
};

/* The statistics that the kernels NORM, NORM_SUMS and NORM_GRAD take, rows of as many floats as there are channels,
 * rounded up to 16: mean, 1 / sqrt(var + eps), factor and summand. In training, and where no running statistics are
 * kept, of the moments of the mb->count samples' pieces (`stride` floats apart), and the running ones take a share of
 * them; otherwise those alone. torch.nn.BatchNorm2d: biased variance here, unbiased in running_var. */
void nc_batch_norm(struct nc_microbatch *mb, const struct nc_batch_norm *norm, const float *moments, int stride,
                   float *stats);

/* The same for the channels from `begin` to `end` alone. The running statistics have a momentum of their own there, and
 * the part that begins with channel 0 counts the batches. */
void nc_batch_norm_part(struct nc_microbatch *mb, const struct nc_batch_norm *norm, const float *moments, int stride,
                        float *stats, long long begin, long long end);

/* The same of the running statistics alone, with rows of: what the parameters at `before` (-1: 0) add to an input of
 * the norm, zeros, factor and summand. */
void nc_kept_norm(const float *weights, const struct nc_batch_norm *norm, long long before, float *table);

/* Of the sums of the samples' pieces, `stride` floats apart, what NORM_GRAD takes: two rows. */
void nc_batch_norm_grad(struct nc_microbatch *mb, long long channels, long long pixels, int pieces, const float *sums,
                        int stride, const float *stats, float *d);
void nc_batch_norm_grad_part(struct nc_microbatch *mb, long long channels, long long pixels, int pieces,
                             const float *sums, int stride, const float *stats, float *d, long long begin,
                             long long end);

/* Takes the mean over the mb->count samples of each channel's mean and unbiased variance, rows of `means`, into the
 * running statistics, a share of `momentum`: torch.nn.functional.instance_norm. */
void nc_instance_keep(struct nc_microbatch *mb, const struct nc_batch_norm *norm, const float *moments, int stride,
                      float *means);

/* A norm over `groups` equal groups of a sample's channels: torch.nn.GroupNorm. */
struct nc_group_norm {
    long long channels, pixels, groups;
    double eps;
    long long weight, bias; /* places in the block; -1: none */
};

/* The same statistics of one sample, from its moments; and what NORM_GRAD takes, from its sums. */
void nc_group_norm(const struct nc_microbatch *mb, const struct nc_group_norm *norm, const float *moments,
                   float *stats);
void nc_group_norm_grad(long long channels, long long pixels, long long groups, const float *sums, const float *stats,
                        float *d);

/* Memory for the gradient of the block's floats from `at`, which a part makes, as it is or zeroed; then what the
 * optimizer does to these parameters with it. */
float *nc_gradient(struct nc_microbatch *mb, long long at);
float *nc_zero_gradient(struct nc_microbatch *mb, long long at, int floats);
void nc_learn(struct nc_microbatch *mb, long long at, int floats);

/* The same of a part whose floats are rows of the block: rows of `floats` from `at` on, side by side in
 * mb->learned. */
float *nc_zero_learned(struct nc_microbatch *mb, int floats);
void nc_learn_rows(struct nc_microbatch *mb, long long at, const struct nc_rows *rows, int floats);

/* Mask bytes (0 or 1) of sample mb->first + sample for dropout layer `layer`, in torch's element order walked by
 * `axes`: mask[axes' offset]; ones in evaluation. */
void nc_dropout_mask(const struct nc_microbatch *mb, int layer, int sample, const struct nc_axis *axes, int axis_count,
                     unsigned char *mask);

/* The same for a dropout layer of whole channels, or of whole samples, whose channels share a mask byte: `scale` where
 * that is 1, else 0; ones in evaluation; zeros from `channels` on, to a multiple of 16. `draws`: mask bytes of a
 * sample, 0 where all of the batch has one. */
void nc_dropout_factors(const struct nc_microbatch *mb, int layer, int sample, int draws, int channels, float scale,
                        float *factors);

#endif
