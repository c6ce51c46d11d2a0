/* The loop, with a model written by hand: Dropout(0.3), Linear(12, 4), smoothed cross entropy; its weight lies padded
 * in the block. Checkpoints are kept in memory. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core.h"
#include "fails.h"
#include "suite.h"

enum { IN = 12, OUT = 4, ROW = 16, MICROBATCH = 3, SHARD = 6, BATCH = 16, SAMPLES = 103, BLOCK = OUT * ROW + ROW };

static const struct nc_loss loss = {.label_smoothing = 0.1, .ignore_index = -100};

static void forward(struct nc_microbatch *mb, float *in, float *out)
{
    const struct nc_axis elements = {IN, 1};
    unsigned char mask[IN];
    for (int n = 0; n < mb->count; n++) {
        memcpy(in + n * ROW, mb->input[n], IN * sizeof *in);
        if (mb->dropout != NULL) {
            nc_dropout_mask(mb, 0, n, &elements, 1, mask);
            for (int i = 0; i < IN; i++)
                in[n * ROW + i] *= (float)mask[i] / 0.7f;
        }
        for (int o = 0; o < OUT; o++) {
            float sum = mb->weights[OUT * ROW + o];
            for (int i = 0; i < IN; i++)
                sum += mb->weights[o * ROW + i] * in[n * ROW + i];
            out[n * ROW + o] = sum;
        }
    }
}

static float spoil_weight, spoil_padding; /* what train_microbatch adds that is wrong */

static void train_microbatch(struct nc_microbatch *mb)
{
    float *out = (float *)mb->workspace, *gradient = out + MICROBATCH * ROW, *in = gradient + MICROBATCH * ROW;
    forward(mb, in, out);
    nc_cross_entropy(mb, &loss, out, ROW, OUT, gradient);
    for (int n = 0; n < mb->count; n++)
        for (int o = 0; o < OUT; o++) {
            mb->gradients[OUT * ROW + o] += gradient[n * ROW + o];
            for (int i = 0; i < IN; i++)
                mb->gradients[o * ROW + i] += gradient[n * ROW + o] * in[n * ROW + i];
        }
    mb->gradients[0] += spoil_weight;
    mb->gradients[IN] += spoil_padding;
}

static void test_microbatch(struct nc_microbatch *mb)
{
    float *out = (float *)mb->workspace;
    forward(mb, out + MICROBATCH * ROW, out);
    nc_cross_entropy(mb, &loss, out, ROW, OUT, NULL);
}

static _Atomic int backward_layouts; /* calls */

/* The packed weights: the block doubled, and for gradients of inputs three times the block. */
static void pack(const float *weights, float *packed, int part, int parts)
{
    for (int i = part; i < BLOCK; i += parts)
        packed[i] = 2 * weights[i];
}

static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    for (int i = part; i < BLOCK; i += parts)
        packed[BLOCK + i] = 3 * weights[i];
    backward_layouts++;
}

static const struct nc_parameter parameters[] = {
    {.name = "1.weight", .rank = 2, .shape = {OUT, IN}, .offset = 0, .floats = OUT * ROW, .axis_count = 2,
     .axes = {{OUT, ROW}, {IN, 1}}, .low = -0.288675, .high = 0.288675},
    {.name = "1.bias", .rank = 1, .shape = {OUT}, .offset = OUT * ROW, .floats = ROW, .axis_count = 1,
     .axes = {{OUT, 1}}, .low = -0.288675, .high = 0.288675},
};
static const struct nc_dropout dropouts[] = {{.elements = IN, .p = 0.3}};
static const struct nc_probe probes[] = {{.layer = "1: Linear(12, 4)", .line = 3, .floats = ROW}};
static const struct nc_phase phases[] = {{.train = train_microbatch, .test = test_microbatch, .loss = 1}};
static const struct nc_model model = {
    .name = "Toy", .file = "toy.net", .input_rank = 1, .input_shape = {IN}, .outputs = OUT, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 2, .block = BLOCK, .sharded = BLOCK, .packed = 2 * BLOCK,
    .packed_forward = BLOCK, .workspace = 3 * MICROBATCH * ROW * 4,
    .microbatch = MICROBATCH, .shard = SHARD, .batch = BATCH,
    .dropouts = dropouts, .dropout_count = 1, .probes = probes,
    .probe_count = 1, .phases = phases, .phase_count = 1, .pack = pack,
    .pack_backward = pack_backward, .output = {.stride = ROW},
};

static float samples[SAMPLES][IN];
static int labels[SAMPLES];

static const char *const class_names[] = {"ants", "bees", "cats", "dogs"};
static const char *other_names = NULL; /* of the file: each with a zero byte behind it */
static long long other_bytes;

/* Samples that need work: each element gets noise, for which a number is drawn. One of them may fail. */
static int noisy, failing = -10;

static void no_memory(struct nc_data *data, int workers)
{
    (void)data;
    ck_assert_int_ge(workers, 1);
}

static int plan_noise(struct nc_data *data, long long sample, struct nc_random *random, void *plan, struct nc_why *why)
{
    (void)data;
    (void)sample;
    (void)why;
    *(float *)plan = nc_random_uniform(random, -0.5f, 0.5f);
    return 1;
}

static void end_noise(struct nc_data *data, void *plan)
{
    (void)data;
    (void)plan; /* nothing hangs on it */
}

static int make_noisy(struct nc_data *data, long long sample, const void *plan, int worker, void *slot, char *why,
                      size_t capacity)
{
    (void)data;
    ck_assert_int_lt(worker, 32);
    for (int i = 0; i < IN; i++)
        ((float *)slot)[i] = samples[sample][i] + *(const float *)plan * (float)i;
    snprintf(why, capacity, "sample %lld is broken", sample);
    return sample != failing && sample != failing + 1;
}

static const struct nc_preparation noise = {
    .random = 1, .bytes = sizeof samples[0], .plan_bytes = sizeof(float), .start = no_memory, .plan = plan_noise,
    .end_plan = end_noise, .make = make_noisy,
};

/* The class of a sample is the largest of its first OUT numbers. */
static void load_data(struct nc_data *data)
{
    struct nc_random r;
    nc_random_seed(&r, 1);
    for (int n = 0; n < SAMPLES; n++) {
        labels[n] = 0;
        for (int i = 0; i < IN; i++) {
            samples[n][i] = nc_random_uniform(&r, -1, 1);
            if (i < OUT && samples[n][i] > samples[n][labels[n]])
                labels[n] = i;
        }
    }
    data->count = SAMPLES;
    data->classes = OUT;
    data->rank = 1;
    data->shape[0] = IN;
    data->element = NC_FLOAT;
    data->sample_bytes = sizeof samples[0];
    static const unsigned char *const parts[] = {(const unsigned char *)samples};
    data->parts = parts;
    data->part_samples = SAMPLES;
    data->labels = labels;
    data->class_names = other_names != NULL ? class_names : NULL;
    data->preparation = noisy ? &noise : NULL;
}

/* The last checkpoint, and what became of the test loss. */
static float saved[BLOCK];
static unsigned char saved_state[65536];
static long long saved_bytes, saves;
static double logged[2][64]; /* [test_loss, test_accuracy][epoch] */
static int logged_losses;

static void store_check(struct nc_run *run, const char *path)
{
    ck_assert_str_eq(path, "toy_0");
    ck_assert_ptr_eq(run->model, &model);
}

static void store_save(struct nc_run *run, const char *path, const void *state, long long bytes)
{
    ck_assert_int_eq(strncmp(path, "toy_", 4), 0);
    ck_assert_int_le(bytes, (long long)sizeof saved_state);
    memcpy(saved, run->weights, sizeof saved);
    memcpy(saved_state, state, (size_t)bytes);
    saved_bytes = bytes;
    saves++;
    for (int i = 0; i < BLOCK; i++)
        ck_assert(run->packed[i] == 2 * run->weights[i] && run->packed[BLOCK + i] == 3 * run->weights[i]);
}

static void store_load(struct nc_run *run, const struct nc_model *of, const char *path, int how)
{
    ck_assert_ptr_eq(of, run->model);
    ck_assert_int_ne(how, NC_LOAD_LOOSE); /* all of the file */
    ck_assert_str_eq(path, "kept");
    memcpy(run->weights, saved, sizeof saved);
}

static void *store_load_record(struct nc_run *run, const char *path, const char *name, long long *bytes)
{
    if (strcmp(name, NC_CLASSES_RECORD) == 0) {
        ck_assert_str_eq(path, "kept");
        ck_assert(run->command == NC_COMMAND_TEST || run->train.data->class_names != NULL);
        *bytes = other_bytes;
        return other_names != NULL ? memcpy(malloc((size_t)other_bytes), other_names, (size_t)other_bytes) : NULL;
    }
    if (strcmp(name, NC_STATE_RECORD) != 0)
        return NULL;
    void *copy = malloc((size_t)saved_bytes);
    memcpy(copy, saved_state, (size_t)saved_bytes);
    *bytes = saved_bytes;
    return copy;
}

static void log_open(struct nc_run *run, const char *folder, long long resume_step, const char *const *names,
                     int count)
{
    ck_assert_int_eq(count, 11);
    ck_assert_str_eq(names[0], "train_loss");
    ck_assert_str_eq(names[count - 1], "accuracy_test");
    ck_assert_str_eq(folder, "logs");
    ck_assert_int_eq(resume_step, run->resume ? run->steps + 1 : -1);
}

static void log_scalar(struct nc_run *run, const char *chart, const char *name, double value, long long step)
{
    (void)run;
    if (chart != NULL)
        return;
    if (strcmp(name, "train_loss") == 0)
        logged_losses++;
    else if (strcmp(name, "test_loss") == 0 || strcmp(name, "test_accuracy") == 0)
        logged[strcmp(name, "test_accuracy") == 0][step] = value;
}

static void log_nothing(struct nc_run *run)
{
    (void)run;
}

static const struct nc_store memory_store = {.check = store_check, .save = store_save, .load = store_load,
                                             .load_record = store_load_record};
static const struct nc_log_writer memory_log = {log_open, log_scalar, log_nothing, log_nothing, log_nothing};

static const void *kept[256];
static int kept_count;

static int run_toy(const char *const *words)
{
    char *argv[16] = {(char *)"toy", (char *)"--quiet"};
    int argc = 2;
    while (*words != NULL)
        argv[argc++] = (char *)*words++;
    struct nc_run *run = nc_start(&model, argc, argv);
    struct nc_data train = {.run = run, .name = "train", .kind = "Toy", .load = load_data}, test = train;
    nc_seed(run, 0);
    nc_train_data(run, &train, BATCH, 1, 0);
    nc_test_data(run, &test, 10, 0, 0);
    nc_sgd(run, 0.1, 0.9, 0.1, 5e-4, 0, 0);
    nc_epochs(run, 4);
    run->store = &memory_store;
    nc_give_text(&run->save_name, "toy_{epoch}");
    run->log = &memory_log;
    nc_give_text(&run->log_folder, "logs");
    nc_give_long(&run->log_every, 5);
    saves = 0;
    logged_losses = 0;
    int status = nc_train(run);
    const void *const held[] = {train.labels, test.labels, train.class_names, test.class_names};
    for (int i = 0; i < 4; i++) /* data live until the program ends */
        kept[kept_count++ % 256] = held[i];
    return status;
}

#define RUN(...) run_toy((const char *const[]){__VA_ARGS__, NULL})

START_TEST(learns)
{
    ck_assert_int_eq(RUN("--epochs", "20"), 0);
    ck_assert_int_eq(saves, 20);
    ck_assert_int_eq(logged_losses, 20 * 7 / 5);
    ck_assert(logged[0][19] < 0.8 * logged[0][0]);
    ck_assert(logged[1][19] > 0.7);
}
END_TEST

/* What evaluates by itself has no use for the layouts of gradients, and no memory for them. */
START_TEST(evaluates_without_gradients)
{
    ck_assert_int_eq(RUN("--max-steps", "1"), 0);
    ck_assert_int_gt(backward_layouts, 0);
    backward_layouts = 0;
    ck_assert_int_eq(RUN("test", "--load", "kept"), 0);
    ck_assert_int_eq(backward_layouts, 0);
}
END_TEST

START_TEST(same_bits_with_any_threads)
{
    static const char *const threads[] = {"2", "3", "8"};
    float expected[BLOCK];
    ck_assert_int_eq(RUN("--threads", "1"), 0);
    memcpy(expected, saved, sizeof expected);
    ck_assert_int_eq(RUN("--threads", threads[_i]), 0);
    ck_assert_mem_eq(saved, expected, sizeof expected);
}
END_TEST

/* Stopped before the first step, in the middle of an epoch (with and without steps in the next), at an epoch's end. */
START_TEST(resumes_exactly)
{
    static const char *const stops[] = {"0", "3", "10", "14"};
    float expected[BLOCK];
    unsigned char state[sizeof saved_state];
    ck_assert_int_eq(RUN("--threads", "2"), 0);
    memcpy(expected, saved, sizeof expected);
    memcpy(state, saved_state, (size_t)saved_bytes);
    ck_assert_int_eq(RUN("--max-steps", stops[_i]), 0);
    ck_assert_mem_ne(saved, expected, sizeof expected);
    ck_assert_int_eq(RUN("--resume", "kept"), 0);
    ck_assert_mem_eq(saved, expected, sizeof expected);
    ck_assert_mem_eq(saved_state, state, (size_t)saved_bytes);
}
END_TEST

/* Version 2 of the record had nothing of what `save` and `stop` have seen. */
START_TEST(resumes_from_an_older_record)
{
    enum { VERSION_BYTE = 8, TAIL = 160 };
    float expected[BLOCK];
    ck_assert_int_eq(RUN("--threads", "2"), 0);
    memcpy(expected, saved, sizeof expected);
    ck_assert_int_eq(RUN("--max-steps", "10"), 0);
    saved_state[VERSION_BYTE] = 2;
    saved_bytes -= TAIL;
    ck_assert_int_eq(RUN("--resume", "kept", "--set", "train.stop.patience=3"), 0);
    ck_assert_mem_eq(saved, expected, sizeof expected);
    ck_assert_int_eq(saved_state[VERSION_BYTE], 3);
}
END_TEST

/* Numbers for noise and for masks come one behind the other, however far ahead batches are prepared. */
static const char *const feeds[][6] = {
    {"--threads", "3"},
    {"--threads", "1", "--set", "train.data.num_workers=1"},
    {"--threads", "2", "--set", "train.data.num_workers=3", "--set", "train.data.prefetch_factor=5"},
    {"--threads", "2", "--set", "train.test.num_workers=2", "--set", "train.data.num_workers=2"},
};

START_TEST(same_bits_with_any_workers)
{
    const char *const *w = feeds[_i];
    float expected[BLOCK];
    noisy = 1;
    ck_assert_int_eq(RUN("--threads", "1"), 0);
    memcpy(expected, saved, sizeof expected);
    double test_loss = logged[0][3];
    ck_assert_int_eq(RUN(w[0], w[1], w[2], w[3], w[4], w[5]), 0);
    ck_assert_mem_eq(saved, expected, sizeof expected);
    ck_assert(logged[0][3] == test_loss);
}
END_TEST

START_TEST(resumes_exactly_with_batches_ahead)
{
    float expected[BLOCK];
    noisy = 1;
    ck_assert_int_eq(RUN("--set", "train.data.num_workers=2"), 0);
    memcpy(expected, saved, sizeof expected);
    ck_assert_int_eq(RUN("--max-steps", _i == 0 ? "3" : "7", "--set", "train.data.num_workers=2"), 0);
    ck_assert_int_eq(RUN("--resume", "kept", "--set", "train.data.num_workers=3"), 0);
    ck_assert_mem_eq(saved, expected, sizeof expected);
}
END_TEST

/* Of two broken samples the one that comes first is told. */
static void train_on_broken(void *workers)
{
    noisy = 1;
    failing = 40;
    RUN("--set", "train.data.shuffle=False", "--set", workers);
}

START_TEST(broken_sample)
{
    expect_failure(train_on_broken, _i == 0 ? "train.data.num_workers=0" : "train.data.num_workers=4",
                   "sample 40 is broken");
}
END_TEST

START_TEST(nothing_left_to_do)
{
    ck_assert_int_eq(RUN("--epochs", "1"), 0);
    ck_assert_int_eq(RUN("--epochs", "1", "--resume", "kept"), 0);
    ck_assert_int_eq(saves, 0);
    ck_assert_int_eq(RUN("--epochs", "0"), 0);
    ck_assert_int_eq(saves, 0);
}
END_TEST

static const struct {
    const char *names;
    size_t bytes;
    const char *wrong; /* NULL: nothing */
} of_files[] = {
    {"ants\0bees\0cats\0dogs", 20, NULL},
    {"ants\0dogs\0cats\0bees", 20, NULL}, /* by name */
    {"ants\0eels\0cats\0bees", 20, "number 1 is eels there, and bees in train"},
    {"ants\0bees\0cats", 15, "number 3 is none there, and dogs in train"},
};

static void load_kept(void *context)
{
    (void)context;
    RUN("--load", "kept", "--max-steps", "3");
}

static void resume_kept(void *context)
{
    (void)context;
    RUN("--resume", "kept");
}

START_TEST(classes_of_the_file)
{
    RUN("--max-steps", "3");
    other_names = of_files[_i].names;
    other_bytes = (long long)of_files[_i].bytes;
    ck_assert_int_eq(RUN("--load", "kept", "--max-steps", "3"), 0); /* with a warning */
    if (of_files[_i].wrong != NULL)
        expect_failure(resume_kept, NULL, of_files[_i].wrong);
    else
        ck_assert_int_eq(RUN("--resume", "kept"), 0);
}
END_TEST

START_TEST(more_classes_in_the_file)
{
    RUN("--max-steps", "3");
    other_names = "ants\0bees\0cats\0dogs\0eels";
    other_bytes = 25;
    expect_failure(load_kept, NULL, "kept has names of 5 classes, but Toy has 4 outputs");
}
END_TEST

START_TEST(damaged_state)
{
    RUN("--max-steps", "3");
    if (_i == 0)
        saved_bytes -= 4;
    else if (_i == 1)
        saved_state[0] ^= 1;
    else if (_i == 2)
        saved_bytes = 5;
    else if (_i == 3)
        memset(saved_state + 16, 0xff, 32); /* the counters */
    else
        saved_state[saved_bytes - 24]++; /* the files in the list */
    RUN("--resume", "kept");
}
END_TEST

START_TEST(diverges)
{
    RUN("--lr", "1e38");
}
END_TEST

/* Parameters that are finite, outputs that are not. */
START_TEST(diverges_in_a_layer)
{
    for (int i = 0; i < OUT * ROW; i++)
        saved[i] = i % ROW < IN ? 3e38f : 0;
    RUN("--load", "kept");
}
END_TEST

/* The table of this command goes to standard error: standard output is the test's log. */
static void print_aside(void)
{
    ck_assert_int_ge(dup2(STDERR_FILENO, STDOUT_FILENO), 0);
}

START_TEST(gradients)
{
    print_aside();
    ck_assert_int_eq(RUN("gradients"), 0);
    ck_assert_int_eq(saves, 0);
}
END_TEST

START_TEST(wrong_gradients)
{
    *(_i == 0 ? &spoil_weight : &spoil_padding) = 0.01f;
    print_aside();
    RUN("gradients");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("train");
    TCase *core = tcase_create("core");
    tcase_add_test(core, learns);
    tcase_add_test(core, evaluates_without_gradients);
    tcase_add_loop_test(core, same_bits_with_any_threads, 0, 3);
    tcase_add_loop_test(core, resumes_exactly, 0, 4);
    tcase_add_test(core, resumes_from_an_older_record);
    tcase_add_loop_test(core, same_bits_with_any_workers, 0, 4);
    tcase_add_loop_test(core, resumes_exactly_with_batches_ahead, 0, 2);
    tcase_add_loop_test(core, broken_sample, 0, 2);
    tcase_add_test(core, nothing_left_to_do);
    tcase_add_loop_test(core, classes_of_the_file, 0, 4);
    tcase_add_test(core, more_classes_in_the_file);
    tcase_add_loop_exit_test(core, damaged_state, 1, 0, 5);
    tcase_add_test(core, gradients);
    tcase_add_loop_exit_test(core, wrong_gradients, 1, 0, 2);
    tcase_add_exit_test(core, diverges, 1);
    tcase_add_exit_test(core, diverges_in_a_layer, 1);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
