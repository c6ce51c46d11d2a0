/* Checkpoints: pickles alone, whole files, and the records that netc keeps in them; and a trainer's command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "files.h"
#include "once.h"
#include "step/schedule.h"
#include "store/checkpoint.h"
#include "store/tensors.h"

/* As tests/unit/test_checkpoint.c has them. */
static const struct nc_parameter parameters[] = {
    {.name = "0.weight", .rank = 4, .shape = {4, 2, 1, 3}, .offset = 0, .floats = 96, .axis_count = 4,
     .axes = {{4, 1}, {2, 48}, {1, 48}, {3, 16}}},
    {.name = "0.bias", .rank = 1, .shape = {4}, .offset = 96, .floats = 16, .axis_count = 1, .axes = {{4, 1}}},
    {.name = "fc.weight", .rank = 2, .shape = {3, 5}, .offset = 112, .floats = 32, .axis_count = 2,
     .axes = {{3, 8}, {5, 1}}},
};
enum { BLOCK = 144 };
static const struct nc_model model = {
    .name = "Small", .file = "small.net", .parameters = parameters, .parameter_count = 3, .block = BLOCK,
    .sharded = BLOCK, .input_rank = 1, .input_shape = {2}, .outputs = 1, .floats = 1, .batch = 4,
};

/* ---- Pickles ----------------------------------------------------------------------------------------------------- */

/* What readers ask of any value of a pickle. */
static void look_at(struct nc_pickle *pickle, const struct nc_pickle_value *value, int depth)
{
    struct nc_tensor tensor;
    struct nc_storage storage;
    const unsigned char *bytes;
    size_t size;
    if (!value || depth > 20)
        return;
    if (!nc_tensor_read(value, &tensor) && nc_tensor_elements(&tensor) < 0)
        finding("a tensor has fewer than no elements");
    nc_storage_read(value, &storage);
    nc_is_module(value);
    nc_pickle_bytes(pickle, value, &bytes, &size);
    nc_pickle_get(value, "data");
    if (value->kind >= NC_PICKLE_TUPLE && value->kind <= NC_PICKLE_CALL)
        for (size_t i = 0; i < value->items.count && i < 50; i++)
            look_at(pickle, value->items.data[i], depth + (value->items.count > 1 ? 6 : 1));
    look_at(pickle, value->arguments, depth + 4);
    look_at(pickle, value->state, depth + 4);
}

static void try_pickle(const struct input *input)
{
    struct nc_pickle pickle;
    if (nc_pickle_read(&pickle, input->bytes, input->size)) {
        if (pickle.size > input->size)
            finding("a pickle ends behind its end");
        look_at(&pickle, pickle.root, 0);
        look_at(&pickle, pickle.persistent, 0);
    }
    nc_pickle_free(&pickle);
}

/* ---- Checkpoints ------------------------------------------------------------------------------------------------- */

/* Variant bit 0: strict; bit 1: the input is the pickle of a zip file that is made here. */
static void try_checkpoint(const struct input *input)
{
    static const char *const names[] = {NC_STATE_RECORD, NC_FIT_RECORD, NC_CLASSES_RECORD, NC_IDENTITY_RECORD};
    static unsigned char elements[96];
    const struct record records[] = {
        {"archive/data.pkl", input->bytes, input->size}, {"archive/byteorder", (const unsigned char *)"little", 6},
        {"archive/data/0", elements, 96}, {"archive/data/1", elements, 16}, {"archive/data/2", elements, 60},
        {"archive/netc/state", elements, 50},
    };
    float weights[BLOCK] = {0};
    struct nc_run run = {.model = &model, .program = "fuzz", .weights = weights};
    size_t size = input->size;
    unsigned char *zip = input->variant & 2 ? zip_of(records, 6, &size) : NULL;
    write_scratch("t.pth", zip ? zip : input->bytes, size);
    free(zip);
    long long bytes;
    if (input->variant & 4)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            free(nc_checkpoint_load_record(&run, in_scratch("t.pth"), names[i], &bytes));
    nc_checkpoint_load(&run, &model, in_scratch("t.pth"), input->variant & 1 ? NC_LOAD_STRICT : NC_LOAD_LOOSE);
}

/* ---- Records: a good one, changed where the input says: places of two bytes, each with a new byte ---------------- */

static unsigned char *changed(unsigned char *record, long long *bytes, const struct input *input)
{
    for (size_t i = 0; i + 2 < input->size; i += 3) {
        long long place = input->bytes[i] | input->bytes[i + 1] << 8;
        if (place < *bytes)
            record[place] = input->bytes[i + 2];
    }
    long long kept = input->variant & 128 ? *bytes * (input->variant & 63) / 64 : *bytes;
    unsigned char *shorter = malloc((size_t)(kept ? kept : 1));
    memcpy(shorter, record, (size_t)kept);
    *bytes = kept;
    return shorter;
}

/* Variant: the optimizer and the schedulers. */
static void begin(struct nc_run *run, struct nc_data *data, int variant)
{
    *run = (struct nc_run){.model = &model, .program = "fuzz", .accumulate = {2, 0}, .epochs = {5, 0}};
    run->train = (struct nc_loader){.data = data, .batches = 8};
    if (variant & 1)
        nc_sgd(run, 0.1, 0.9, 0, 0, 0, 0);
    else
        nc_adam(run, 0.1, 0.9, 0.999, 1e-8, 0, variant >> 1 & 1, 0, 0);
    struct nc_scheduler *first = nc_step_lr(run, 2, 0.5), *second = nc_reduce_lr_on_plateau(
        run, "min", 0.5, 2, 1e-4, "rel", 0, 0, 1e-8);
    struct nc_scheduler *both[] = {nc_one_cycle_lr(run, 0.1, 40, 0, 0, 0.3, "cos", 1, 0.85, 0.95, 25, 1e4, 0), first};
    if (variant & 4)
        nc_schedule(run, variant & 8 ? nc_chained_scheduler(run, 2, both) : second, NC_EVERY_EPOCH,
                    NC_METRIC_TRAIN_LOSS);
    if (run->scheduler)
        nc_schedule_prepare(run);
    nc_optimizer_prepare(run);
}

static void try_state(const struct input *input)
{
    struct nc_data data = {.count = 9, .name = "set"};
    struct nc_progress_state at = {0};
    struct nc_run run;
    begin(&run, &data, input->variant);
    long long bytes = nc_state_bytes(&run);
    unsigned char *record = malloc((size_t)bytes);
    nc_state_pack(&run, &at, record);
    record = changed(record, &bytes, input);
    nc_state_unpack(&run, &at, record, bytes, "kept.pth");
    if (run.scheduler) /* what was read is used */
        nc_schedule_epoch(&run, &at, &(struct nc_score){0});
}

/* What was learned of a table, given to another one. */
static void try_fit(const struct input *input)
{
    static const char table[] = "a,b,c,y\n1,red,3,0\n2,blue,,1\n3,red,5,0\n4,green,6,1\n";
    static const struct nc_column target = {"y", 0};
    struct nc_run run = {.model = &model, .program = "fuzz"};
    struct nc_data *data[2];
    offer("t.csv", (const unsigned char *)table, sizeof table - 1);
    for (int i = 0; i < 2; i++) {
        data[i] = nc_csv(&run, "set", "t.csv", 1, &target, 1, ",", -1, NULL, -1, NULL, "mean");
        nc_standardize(data[i]);
        data[i]->load(data[i]);
    }
    long long bytes;
    unsigned char *record = data[0]->fitting->learn(data[0], NULL, data[0]->count, &bytes);
    record = changed(record, &bytes, input);
    data[1]->fitting->apply(data[1], record, bytes, "kept.pth");
}

/* ---- The command line -------------------------------------------------------------------------------------------- */

/* Each line of the input is a word. */
static void try_options(const struct input *input)
{
    enum { MOST_WORDS = 40 };
    char *text = malloc(input->size + 1), *words[MOST_WORDS + 1] = {(char *)"fuzz"};
    int count = 1;
    memcpy(text, input->bytes, input->size);
    text[input->size] = 0;
    for (char *word = strtok(text, "\n"); word && count < MOST_WORDS; word = strtok(NULL, "\n"))
        words[count++] = word;
    struct nc_run *run = nc_start(&model, count, words);
    nc_adam(run, 0.1, 0.9, 0.999, 1e-8, 0, 0, 0, 0);
    nc_part(run, "second", 1, (const int[]){1});
    nc_schedule(run, nc_step_lr(run, 2, 0.5), NC_EVERY_EPOCH, NC_METRIC_NONE);
    char path[64];
    if (run->save_name.value)
        nc_save_path(run, run->save_name.value, 3, 40, path, sizeof path);
    if (run->help)
        nc_help(run);
    nc_check_settings(run);
}

/* Memory that stdio takes once. */
static void prepare_streams(void)
{
    printf("\n");
    fprintf(stderr, "\n");
}

const struct kind store_kinds[] = {
    {"pickle", 512, NULL, try_pickle},
    {"checkpoint", 512, NULL, try_checkpoint},
    {"state", 512, NULL, try_state},
    {"fit", 512, NULL, try_fit},
    {"options", 512, prepare_streams, try_options},
    {0},
};
