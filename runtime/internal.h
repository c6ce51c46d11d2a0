/* internal.h: what the parts of the runtime know of each other.
 *
 *   core (this folder)  options, threads, random numbers, the loop, losses, optimizers; needs libc, libm, threads
 *   data/               data sets and transforms: fills struct nc_data
 *   image/              pictures: their files decoded, their transforms; bytes to bytes, without data sets
 *   store/              checkpoint files: defines nc_save and nc_load, which hand core a struct nc_store
 *   log/                event files: defines nc_log, which hands core a struct nc_log_writer
 *
 * Core never names a function of store/ or log/, so that a trainer whose .net file does not log does not link log/
 * (every trainer has store/: `test --load` and `predict` read files). The statements of the train block only note what
 * is wanted; nc_train does the work, in this order: options, data, memory, initial weights, checkpoint, loop. Nothing
 * is allocated after the first step has begun. */
#ifndef NETC_RUNTIME_INTERNAL_H
#define NETC_RUNTIME_INTERNAL_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "netc.h"
#include "system/printable.h"

static inline int nc_ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), last = strlen(ending);
    return length >= last && memcmp(text + length - last, ending, last) == 0;
}

/* ---- Errors and messages (fail.c) -------------------------------------------------------------------------------- */

/* All that is printed for people goes through these and nc_print (printable.h), which escape what names hold. */

/* The model, the data or the system is wrong: prints "NAME: error: ..." and, when `hint` is not NULL, "  hint: ...";
 * exit status 1. `run` may be NULL. */
_Noreturn void nc_fail(const struct nc_run *run, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The command line is wrong: as nc_fail, with exit status 2 and a pointer to --help. */
_Noreturn void nc_usage(const struct nc_run *run, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As nc_fail, with a list: lines that each begin with a newline, in which names have been through nc_printable. */
_Noreturn void nc_fail_list(const struct nc_run *run, const char *hint, const char *list, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Something that the run goes on without: prints "NAME: warning: ..." on standard error. */
void nc_warn(const struct nc_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line on standard output, unless --quiet. Adds the newline. */
void nc_note(const struct nc_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A list as of nc_fail_list, behind a note. */
void nc_note_list(const struct nc_run *run, const char *list);

/* Zeroed memory, at a multiple of 64 bytes; ends the program when there is none (`what` says for what). free() it. */
void *nc_memory(const struct nc_run *run, long long count, long long size, const char *what);

/* Lets the system give such memory, which nobody has written to, at once. What is read before it is written to would be
 * given twice, and each time the other threads' processors told. */
void nc_memory_begin(void *memory, size_t bytes);

/* Ends the program if the system has not so many bytes free, as far as it tells: memory that is given but never touched
 * before the steps would end the run in the middle, without a word. */
void nc_memory_check(const struct nc_run *run, long long bytes);

/* As realloc, `count` of `size` bytes: for what is small, and grows. */
void *nc_memory_grow(const struct nc_run *run, void *memory, long long count, long long size, const char *what);

/* The first `length` bytes of a text, ended by a zero; free() it. */
char *nc_memory_text(const struct nc_run *run, const char *text, size_t length, const char *what);

/* A stream into memory: *bytes, ended by a zero, and *size hold what was written up to the last fflush or fclose;
 * free(*bytes). Unlike open_memstream's it loses nothing in silence: it ends the program where there is no memory. */
FILE *nc_memory_stream(const struct nc_run *run, char **bytes, size_t *size, const char *what);

/* "3, 32, 32": extents in a message (fail.c). */
void nc_shape_text(char *text, size_t capacity, int rank, const long long *shape);

/* ---- Random numbers: PyTorch's CPU generator (random.c) ---------------------------------------------------------- */

struct nc_random {
    unsigned state[624];
    int next;
    int has_normal; /* `normal`, the second one of a pair, has not been given out */
    double normal;
};

void nc_random_seed(struct nc_random *r, unsigned long long seed);
unsigned nc_random32(struct nc_random *r);
unsigned long long nc_random64(struct nc_random *r);
float nc_random_uniform(struct nc_random *r, float low, float high); /* one 24-bit draw, as tensor.uniform_ */
void nc_random_uniforms(struct nc_random *r, float low, float high, long long count, float *to); /* so many of them */
void nc_randperm(struct nc_random *r, long long n, int *order);      /* torch.randperm(n) */

/* tensor.normal_(mean, std): the same bits as PyTorch's on x86 with AVX2 (normal.c). */
void nc_random_normal(struct nc_random *r, double mean, double std, long long count, float *to);

/* The generator as it is after `count` draws of 32 bits, or after nc_random_normal. */
void nc_random_skip(struct nc_random *r, long long count);
void nc_random_normal_skip(struct nc_random *r, long long count);

/* ---- Parameters in torch's element order (parameter.c) ----------------------------------------------------------- */

long long nc_parameter_elements(const struct nc_parameter *p);

/* Between a block (weights, gradients or an optimizer's state) and a dense array in torch's order. */
void nc_parameter_gather(const struct nc_parameter *p, const float *block, float *dense);
void nc_parameter_scatter(const struct nc_parameter *p, const float *dense, float *block);

/* What an NC_COUNT holds. */
long long nc_count_get(const struct nc_parameter *p, const float *block);
void nc_count_set(const struct nc_parameter *p, float *block, long long count);

/* ---- Files in memory (mapped.c) ---------------------------------------------------------------------------------- */

/* A whole file as read-only memory, until the program ends or nc_unmap_file; an empty file is NULL. Returns 0 or what
 * errno says (EISDIR, ENODEV: it is no regular file). A file that becomes shorter later, or fails to be read, ends the
 * program with a message that names `whose` it is: "train_data". For the main thread. */
int nc_map_file(const struct nc_run *run, const char *whose, const char *path, const unsigned char **bytes,
                size_t *size);
void nc_unmap_file(const unsigned char *bytes);

/* Whether there is a file or folder at `path` that may be reached. Where the system cannot tell, for want of memory or
 * for a damaged disk, the program ends with a message that names `whose` it is: no file is missed in silence. */
int nc_is_there(const struct nc_run *run, const char *whose, const char *path);

/* Gives back the memory of whole pages within a stretch of a mapped file: they come in again when looked at. */
void nc_forget_pages(const unsigned char *bytes, size_t size);

/* Ends the program where a file that is in use has been written to. */
void nc_check_files(const struct nc_run *run);

/* ---- Threads (threads.c) ----------------------------------------------------------------------------------------- */

struct nc_pool;

/* NULL does as a pool of one thread. */
struct nc_pool *nc_pool_start(const struct nc_run *run, int threads); /* the caller is thread 0 */
void nc_pool_stop(struct nc_pool *pool);
int nc_pool_threads(const struct nc_pool *pool);

/* Calls task(context, index, thread) once for each index below `tasks`, shared out among the threads in no fixed order,
 * and returns when all are done. `thread` is below nc_pool_threads(); no two calls with the same one overlap. */
void nc_pool_run(struct nc_pool *pool, int tasks, void (*task)(void *context, int index, int thread), void *context);

/* ---- Data (data/) ------------------------------------------------------------------------------------------------ */

enum { NC_BYTE, NC_FLOAT, NC_INT };

/* Why a sample can't be had: a sentence that names it, and what to do about it (NULL: nothing is known). */
struct nc_why {
    char text[5120];
    const char *hint;
};

/* The work that samples of a data set need each time they are wanted: decoding a picture, changing it by chance. Core
 * has it done by the pool's threads before a step, or by workers while steps run (feed.c); the random numbers are drawn
 * beforehand, by the main thread, in the order in which torch's DataLoader without workers draws them. */
struct nc_preparation {
    int random;           /* plan draws numbers */
    long long bytes;      /* of a prepared sample */
    long long plan_bytes; /* what plan leaves for make, zeros before its first use */

    /* Takes memory for `workers` threads at once. Called again where more are wanted. */
    void (*start)(struct nc_data *data, int workers);

    /* What is to be done for a sample: in the main thread. Returns 1; or 0 where the sample can't be had so. */
    int (*plan)(struct nc_data *data, long long sample, struct nc_random *random, void *plan, struct nc_why *why);
    void (*end_plan)(struct nc_data *data, void *plan); /* gives back what hangs on it */

    /* The size of a sample's picture before anything is done to it; NULL: there are no pictures of different sizes. */
    void (*extent)(const struct nc_data *data, long long sample, int *width, int *height);

    /* Makes the sample in `slot`, in any thread; no two calls with the same `worker` overlap. Returns 1; or 0 with a
     * sentence in `why` (`capacity` bytes). */
    int (*make)(struct nc_data *data, long long sample, const void *plan, int worker, void *slot, char *why,
                size_t capacity);
};

/* What samples are made with that is learned from the training part alone, and so can't be known when a data set is
 * read: the numbers of Standardize(), the order of the categories. Core calls `learn` of the training data, and then
 * `apply` of the training and of the test data with what came of it, which is kept with the checkpoint too: `test`
 * takes it from there. */
struct nc_fitting {
    /* Learns from these samples, or from all (NULL). Returns a record in memory that the caller frees. */
    unsigned char *(*learn)(struct nc_data *data, const int *samples, long long count, long long *bytes);

    /* Makes the samples. `whose` is where the record is from, for messages. Ends the program when the data are not such
     * as were learned from. */
    void (*apply)(struct nc_data *data, const unsigned char *record, long long bytes, const char *whose);
};

/* A data set. The functions that make one (nc_cifar10, ...) allocate it, fill in `run`, `name` and `load`, and note
 * their arguments; the transforms note theirs, in order. Files are read when core calls `load`, which it does once, and
 * only for the data that the command needs (`test` doesn't touch the training data). `load` fills in the rest and ends
 * the program (nc_fail) when anything is wrong: files that are missing or cut short, labels out of range, a shape or a
 * number of classes that is not the model's. Data lives until the program ends. */
struct nc_data {
    struct nc_run *run;
    const char *name;   /* "train_data" */
    void (*load)(struct nc_data *data);

    /* filled in by load */
    const char *kind;   /* "CIFAR10" */
    long long count;    /* samples, 1 to INT_MAX */
    int classes;        /* 0: the targets are floats */
    const char *const *class_names; /* [classes], or NULL */
    int own_numbers;    /* its classes have their numbers by definition, not by the order of their names */
    /* For messages, where a sample's label is from: "train.csv:17:5"; or NULL. */
    void (*label_place)(const struct nc_data *data, long long sample, char *text, size_t capacity);
    int rank;
    long long shape[NC_MAX_RANK]; /* of one sample: 3, 32, 32 */
    int element;        /* NC_BYTE: `pixel` says what a byte stands for; NC_FLOAT; NC_INT: where the model has tokens */
    long long sample_bytes;         /* from one sample to the next */
    const unsigned char *const *parts; /* part k begins with sample k * part_samples */
    long long part_samples;
    void (*make)(struct nc_data *data, long long sample); /* makes it when it is first wanted; NULL: all are there */
    const void *(*locate)(struct nc_data *data, long long sample); /* finds it where it isn't in parts; or NULL */
    const struct nc_preparation *preparation; /* samples lie nowhere, they are made again and again; or NULL */
    const struct nc_fitting *fitting; /* there are no samples before it is applied, and the shape is a first one; or
                                       * NULL */
    int needs_fit;                  /* something is learned: without the training part there are no samples */
    const int *labels_read;         /* what `labels` were before they were numbered anew; or NULL */
    const int *labels;              /* [count][places], each 0 to classes - 1, or what the loss ignores; NULL when
                                     * classes is 0 */
    int places;                     /* of a sample that have a class of their own; 0: one class for all of it */
    const float *targets;           /* [count][target_floats]; NULL when classes isn't 0 */
    int target_floats;
    const struct nc_target *target; /* [target_floats] what these are, where they have names; or NULL */
    int target_rank;                /* of what a target is in its file: 3, 32, 32; 0: a row */
    long long target_shape[NC_MAX_RANK];
    float pixel[NC_MAX_CHANNELS][256]; /* NC_BYTE: what ToTensor and Normalize make of each byte of each channel */

    /* For the command `predict`, in place of `load`: the samples are those of the `count` files or folders at `paths`,
     * without labels or targets; class names are there where the data set knows them. Files that can't be read are
     * told with nc_warn, left out and counted in `broken`. NULL: the samples come from nowhere else. */
    void (*take)(struct nc_data *data, char *const *paths, int count);
    int broken;

    /* What a sample that `take` found is called: "dog.png", "rows.csv:17". */
    void (*sample_name)(const struct nc_data *data, long long sample, char *name, size_t capacity);

    const char *remark; /* what is to be said of it when it has been read: "3 GIF files passed over"; or NULL */
    void *view;         /* what view.c keeps */
    struct nc_data *first; /* of a view: the first of the data sets that it is a view of; or NULL */
    void *own;          /* what the functions of data/ keep: the arguments, the noted transforms */
};

/* How many places of an output have a class of their own, 1 unless the loss says so; and how many classes there are
 * to tell apart (loss.c). */
int nc_places(const struct nc_model *model);
int nc_class_count(const struct nc_model *model);

/* How many labels a data set of classes has: one for each place of each sample (classes.c). */
long long nc_label_count(const struct nc_data *data);

/* Where a sample lies. It may be made now, so no two threads may ask for the same one at once (loader.c). */
const void *nc_data_sample(struct nc_data *data, long long sample);

/* Where to look for a data set whose .net file says `root`: the folder of --data, or else `root`, below the base
 * folder when it is relative. */
const char *nc_data_root(const struct nc_run *run, const char *root);

/* The same for a path that names the data itself, a folder of pictures or a table: when it is relative it begins in the
 * folder of --data, or else in the base folder. */
const char *nc_data_path(const struct nc_run *run, const char *path);

/* ---- Checkpoints (store/) ---------------------------------------------------------------------------------------- */

/* The names of the records: `state`, and what was learned of the training data (struct nc_fitting). */
#define NC_STATE_RECORD "netc/state"
#define NC_FIT_RECORD "netc/fit"

/* The names of the classes that the parameters were learned from (run->classes), each with a zero byte behind it. */
#define NC_CLASSES_RECORD "netc/classes"

/* What the targets were (run->targets): of each its name and its two words, "" where it has none. */
#define NC_TARGETS_RECORD "netc/targets"

/* The path of the table that the run's log writes (run->log_table). */
#define NC_LOG_RECORD "netc/log"

/* Which run a file is of, and after how many steps it was saved (run/identity.c). */
#define NC_IDENTITY_RECORD "netc/run"
enum { NC_IDENTITY_BYTES = 24 };
void nc_identity_pack(const struct nc_run *run, unsigned char to[NC_IDENTITY_BYTES]);

/* The record of run->targets, in memory that the caller frees. */
char *nc_pack_targets(const struct nc_run *run, size_t *bytes);

/* What nc_weights adds to a run: a file of parameters, and the model that it is of. Parameters that are not in the
 * run's model have no floats. */
struct nc_base {
    const char *path;
    struct nc_model model; /* name and parameters alone */
    struct nc_base *next;  /* loaded behind this one */
};

/* How parameters are loaded: from a file with the model's names, which the run itself has saved or which is of what the
 * model was before (struct nc_base); or from any file, all or some of them. */
enum { NC_LOAD_OWN, NC_LOAD_STRICT, NC_LOAD_LOOSE };

/* What nc_save and nc_load set as run->store. Each function ends the program with nc_fail when it can't do its work.
 * `state` is an opaque record of core's: all that a run needs, beside the parameters, to go on exactly where it was. It
 * is kept in the file under a name that torch.load ignores. Parameters are run->weights, by nc_parameter_gather and
 * nc_parameter_scatter. */
struct nc_store {
    void (*check)(struct nc_run *run, const char *path); /* before the first step: can `path` be written? */
    void (*save)(struct nc_run *run, const char *path, const void *state, long long bytes); /* beside, then renamed;
                                                                                              * with run->fit */
    /* The parameters, those of the run's model or of what it was before (struct nc_base). Shapes are checked; and
     * names, but with NC_LOAD_LOOSE: what is missing stays as it is. */
    void (*load)(struct nc_run *run, const struct nc_model *model, const char *path, int how);
    /* Looks at a checkpoint without taking anything: 1; or 0, with a sentence in `why`. The first bytes of its record
     * `name` go to `start`, zeros where it has none. name NULL: looks at every byte of the file instead. */
    int (*look)(struct nc_run *run, const char *path, const char *name, unsigned char *start, long long bytes,
                char *why, size_t capacity);
    /* A record saved with the parameters. Returns it in memory that the caller frees, its length in *bytes; NULL when
     * the file has none (PyTorch wrote it). Called before the first step. */
    void *(*load_record)(struct nc_run *run, const char *path, const char *name, long long *bytes);
};

/* ---- Logs (log/) ------------------------------------------------------------------------------------------------- */

/* What nc_log sets as run->log. A write that fails warns once and stops the logging, not the training. */
struct nc_log_writer {
    /* Before the first step. resume_step: -1 for a new run, else scalars from this step on in older files are to be
     * hidden (purge_step). `names` are the table's columns, which live until close. Takes run->log_table,
     * which it frees, and sets it. Ends the program when the folder can't be written. */
    void (*open)(struct nc_run *run, const char *folder, long long resume_step, const char *const *names, int count);
    /* A number at a step; or, where `chart` is not NULL, a point of the curve `name` in a chart with others
     * (SummaryWriter.add_scalars), whose column is CHART_NAME. */
    void (*scalar)(struct nc_run *run, const char *chart, const char *name, double value, long long step);
    void (*row)(struct nc_run *run);   /* what was given since the last one is a row of the table */
    void (*flush)(struct nc_run *run); /* after each epoch */
    void (*close)(struct nc_run *run);
};

/* What a further statement writes into a log. Functions that are NULL have nothing to do. */
struct nc_log_part {
    void (*open)(struct nc_run *run, void *own);       /* behind the log itself, before the first step */
    void (*first_step)(struct nc_run *run, void *own); /* of an epoch has been made, whose samples are still there */
    void (*epoch)(struct nc_run *run, void *own);      /* an epoch has ended, or the run in it */
    void (*end)(struct nc_run *run, void *own);        /* the run has ended; the log is still open */
    void (*close)(void *own);                          /* gives back the part's memory, its own too; open or not */
    void *own;
    struct nc_log_part *next;
};

/* ---- Profiles (profile.c) ---------------------------------------------------------------------------------------- */

/* The rows that every program has, as nc_lap takes them beside the kernels' numbers. */
enum {
    NC_LAP_UPDATE = -4, /* adding up the shards' gradients and changing the weights */
    NC_LAP_LOADING,     /* finding the samples of a batch */
    NC_LAP_WAIT,        /* for other threads */
    NC_LAP_OTHER,
    NC_LAP_ROWS = 4
};

/* Multiplications and additions of `turns` turns of a loop that does nothing else: time it (kernels/peak.c). */
double nc_peak_w4(long long turns);
double nc_peak_w8(long long turns);
double nc_peak_w16(long long turns);

/* ---- A run ------------------------------------------------------------------------------------------------------- */

/* A value that the .net file gives and the command line may override: what the command line says stays. */
struct nc_long {
    long long value;
    int given; /* 0: default; 1: by the .net file; 2: by the command line */
};
struct nc_real {
    double value;
    int given;
};
struct nc_text {
    const char *value; /* NULL: none */
    int given;
};
void nc_give_long(struct nc_long *to, long long value); /* as the .net file says */
void nc_give_real(struct nc_real *to, double value);
void nc_give_text(struct nc_text *to, const char *value);

enum { NC_COMMAND_TRAIN, NC_COMMAND_TEST, NC_COMMAND_GRADIENTS, NC_COMMAND_ACCURACY, NC_COMMAND_DATA,
       NC_COMMAND_PREDICT };

/* How `predict` prints. */
enum { NC_PRINT_TEXT, NC_PRINT_JSON, NC_PRINT_CSV };

/* A number of a target: a column, and the words in it that are 0 and 1; NULL where it has numbers. Of test data that
 * are being read there may be but one word. */
struct nc_target {
    const char *name, *word[2];
};

/* The classes that the model's outputs stand for. */
struct nc_classes {
    int count;                /* 0: outputs are no classes, or nobody knows which */
    const char *const *names; /* [count]; NULL: they are numbers and no more */
};

/* One of the two loaders: its data, how it is batched, and the order of the current epoch. */
struct nc_loader {
    struct nc_data *data; /* NULL: the .net file has none */
    int batch_size;
    struct nc_long shuffle, drop_last;
    struct nc_long num_workers, prefetch_factor; /* threads that prepare samples; batches ahead for each of them */
    int *order;           /* [data->count] sample numbers; core takes and fills it */
    struct nc_feed *feed; /* prepares samples; NULL where they lie ready */
    long long batches;    /* in an epoch */
};

/* Floats of the block whose parameters have the settings of one part (optimizer.h). */
struct nc_segment {
    long long begin, end;
    int part; /* -1: none learns them */
};

/* The optimizer's step under way. */
struct nc_update {
    struct nc_run *run;
    int shards;  /* that have gradients */
    const float *total; /* [model->sharded] their sum, which several processes have made; NULL: it is to be made */
    int adds;    /* run->whole has gradients of batches before */
    float share; /* what gradients are multiplied by: 1 / accumulate */
    float clip;  /* and then, so that their norm is not too large */
    float limit; /* the largest that an element may be; 0: none */
    float *seen; /* run->seen, where this step's gradients are to be looked at; or NULL */
};

/* --set PATH=VALUE, or an option that stands for it, whose path only a later statement knows. */
struct nc_override {
    char option[104], path[96];
    const char *text;
    int used;
};

/* What the setting `lookahead` says, and its slow weights (lookahead.c). */
struct nc_lookahead {
    int k; /* 0: there is no such setting */
    double alpha, power;
    float share; /* of the step under way */
    float *slow; /* [model->block]; NULL: nothing is trained */
};

/* How a metric goes over the epochs (watch.c). */
struct nc_watch {
    int metric;          /* NC_METRIC_..., or from NC_METRIC_COUNT on a number of nc_metrics_value; NC_METRIC_NONE: no
                          * metric is watched */
    const char *name;    /* as it is printed */
    int most;            /* the largest value is the best */
    double min_delta;    /* a better one is better by more than that */
    double best;
    long long epoch;     /* whose value `best` is, from 0; -1: there is none yet */
    long long waited;    /* epochs since then */
};

/* A checkpoint that this run has written, and may remove when there are newer ones (keep.c). */
enum { NC_MOST_SAVED = 10000 };
struct nc_saved {
    long long epoch, steps; /* of its name; the latter also of its record, */
    double loss;            /* as is this: by both a file is known again */
    int passing;            /* it was written where a run was stopped, and a run that goes on has no need of it */
};

/* By what the files of one run are told from those of another (identity.c). */
struct nc_identity {
    long long number;        /* among the runs that have saved under one name, from 1 on; 0: nothing is known */
    unsigned long long mark; /* of the settings by which it learns, and of the first loss */
};

struct nc_run {
    const struct nc_model *model;
    const char *program; /* the command's name for messages: "tudui" */
    int command;         /* NC_COMMAND_... */
    int quiet;
    const char *data_folder; /* --data, or NULL */
    long long kept_bytes;    /* memory that data sets have taken to keep decoded pictures */
    const char *base_folder; /* where relative paths of data begin, ending in '/'; NULL: the current folder */

    /* settings */
    struct nc_long seed, threads, epochs, max_steps, log_every;
    struct nc_long log_images; /* how many samples it shows */
    int log_shows;             /* the program can show any */
    int log_wrong;             /* how many wrong answers it shows; 0: none are gathered */
    struct nc_text log_folder, save_name, load_name;
    struct nc_text report_name; /* of the page that shows what is logged; NULL: none */
    int reports;                /* the program can write one */
    const char *const *text, *const *drawing; /* [text_lines], [drawing_lines] as of nc_shown; NULL: not carried */
    int text_lines, drawing_lines;
    struct nc_text load_prefix;          /* what the names in the file to load begin with, and the model's lack */
    const char *const (*renames)[2];     /* [rename_count] a child in the file, and what the model calls it */
    int rename_count;
    int load_own;   /* it is one that the run has saved */
    struct nc_long save_every, save_keep; /* 0: each epoch; all files */
    struct nc_text save_unit, save_best;  /* what save_every counts, "step" or "epoch"; the name of a metric */
    struct nc_long stop_patience, stop_restore; /* patience not given: the run does not end early */
    struct nc_real stop_delta;
    struct nc_text stop_metric, stop_mode;
    int load_loose; /* the file to load may lack parameters, and have others */
    const char *sheet_name;  /* --sheet, or NULL */
    const char *raw_name;    /* --raw, or NULL */
    char **words;            /* [word_count] what stands behind `predict`: files and folders */
    int word_count;
    int print;               /* NC_PRINT_...: --json, --csv */
    int print_outputs;       /* --outputs */
    int top;                 /* --top: so many classes of each sample */
    int resume;              /* --resume */
    const char *resume_name; /* its file, or NULL: the newest of save_name */
    struct nc_loader train, test;
    struct nc_long test_every;     /* epochs, after which the test data are looked at; not given: each */
    struct nc_views *views;        /* of a test sample (views.c); NULL: it is looked at once, as it is */
    struct nc_override *overrides; /* [override_count] */
    int override_count;
    int help;                /* --help */
    const struct nc_engine *engine; /* of nc_ranks; NULL: there is no other process */
    const volatile int *interrupt; /* the signal that asks this process to end the run, or 0; NULL: none is heeded */
    int rank, ranks;         /* this process's number and how many there are; 0: one */
    const struct nc_optimizer *optimizer; /* NULL: none was named */
    struct nc_part *parts;   /* [part_count] */
    int part_count;
    struct nc_scheduler *scheduler; /* or NULL */
    int scheduler_every, scheduler_metric; /* NC_EVERY_..., NC_METRIC_... */
    const struct nc_device *device; /* and its table: NULL: the program has kernels for the CPU alone */
    const struct nc_offload *offload;
    struct nc_text device_name;     /* "cuda:1"; NULL: cpu */
    struct nc_gpu_session *gpu;     /* gpu/gpu.h; NULL: the run is on the CPU */
    struct nc_real clip_norm, clip_value;  /* 0: none */
    struct nc_long accumulate; /* batches whose gradients make an update */
    struct nc_lookahead lookahead;

    /* hooks; NULL where the .net file doesn't ask for them */
    struct nc_base *bases; /* files that the model begins with; NULL: none */
    const struct nc_store *store;
    const struct nc_module *modules; /* [module_count] of the model, which is saved whole; 0: its parameters are */
    int module_count;
    const struct nc_log_writer *log;
    struct nc_log_part *log_parts; /* in the order of the statements; NULL: none */
    char **log_names;      /* [log_name_count] of all that is logged */
    int log_name_count;
    int log_dated;         /* log_folder is nc_log's choice */
    char *log_table; /* the path of the table of scalars; until the log is open that of the run that is resumed */
    const struct nc_profiler *profiler;
    void *store_state, *log_state; /* what store/ and log/ keep */
    struct nc_profile *profile;    /* and profile.c */

    struct nc_classes classes; /* those of the training data, or of the checkpoint */
    const char *const *names_read; /* the names of the checkpoint, where these are they; or NULL */
    const struct nc_target *targets; /* [model->outputs] of targets that are no classes; NULL: they have no names */
    unsigned char *fit; /* what was learned of the training data; NULL: nothing was to be */
    long long fit_bytes;

    /* memory */
    struct nc_pool *pool;
    struct nc_random random;  /* torch's default generator */
    float *weights;           /* [model->block] */
    float *packed;            /* [model->packed]; NULL: no pass goes over the CPU */
    float *gradients;         /* [shards][model->sharded]; zeros between steps */
    int shards;
    int *folded;              /* [ranges of the update] shards whose gradients have been added to the first one's */
    struct nc_update update;   /* the step under way */
    float *state[3];           /* the optimizer's arrays, [model->block] each; NULL: not needed */
    struct nc_segment *segments; /* [segment_count] from 0 to model->block */
    int segment_count;
    float *whole;              /* [model->block]: gradients kept until the update; NULL: learned from at once */
    float *seen;               /* [model->block] those of an epoch's last update, as torch's .grad; NULL: not wanted */
    long long seen_step;       /* whose they are, from 1 */
    double *squares;           /* [ranges of the block]: sums of their gradients' squares */
    unsigned char **workspace; /* [threads] model->workspace bytes each */
    unsigned char *batch;      /* model->batch_bytes */
    float *outputs;            /* [samples of a pass][model->outputs] that a device has left; NULL: the plan has them */
    float **learned;           /* [threads] model->learned floats each; NULL where there are none */
    struct nc_step *step;     /* step.c */
    struct nc_sharing *sharing; /* step/ranks.c; NULL: there is one process */
    struct nc_evaluation *evaluation; /* evaluate.c */
    struct nc_prediction *prediction; /* predict.c */
    struct nc_metrics *metrics; /* metrics.c; NULL: there are none */
    struct nc_answers *answers; /* step/answers.h; NULL: nobody shows them */
    struct nc_progress *progress;
    struct nc_told *told; /* tell.c */
    struct nc_watch best, stop; /* what `save best=` and `stop` look at */
    float *restore;             /* [model->block]: the parameters of the epoch stop.epoch; or NULL */
    int restorable;             /* they are there */
    int restored;               /* they have changed places with the run's: they are weights, and restore is the last */
    int resumed_best;           /* the run goes on from the file of its best epoch */
    struct nc_identity identity; /* the number is 0 until something is saved */
    struct nc_identity there;    /* of the newest of the files that were there before */
    struct nc_saved *saved;     /* [saved_count] the oldest first */
    int saved_count;

    /* where the run is */
    long long epoch;      /* finished epochs: the number of the one under way, from 0 */
    long long steps;      /* training steps made, over all epochs */
    long long epoch_step; /* training steps made in this epoch */
    long long updates;    /* steps of the optimizer */
    int accumulated;      /* batches whose gradients wait for the next one */
};

#endif
