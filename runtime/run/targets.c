/* targets.c: what the numbers of targets stand for: columns with names, and words that are 0 and 1 there. As classes do
 * (classes.c), those of all data follow the training data's or the checkpoint's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "run/samples.h"

enum { NAMES = 3 }; /* of a target in the record: its own, and its words, each with a zero byte behind it */

static int find_name(const struct nc_target *known, int count, const char *name)
{
    for (int t = 0; t < count; t++)
        if (strcmp(known[t].name, name) == 0)
            return t;
    return -1;
}

/* 0 or 1: which of the words `word` is; or -1. */
static int find_word(const struct nc_target *known, const char *word)
{
    return word == NULL ? 0 : strcmp(known->word[0], word) == 0 ? 0 : strcmp(known->word[1], word) == 0 ? 1 : -1;
}

/* Whether both targets are numbers, or the words of `own` are among those known; *flips: they stand the other way. */
static int match_words(const struct nc_target *known, const struct nc_target *own, int *flips)
{
    *flips = 0;
    if (own->word[0] == NULL || known->word[0] == NULL)
        return own->word[0] == NULL;
    int zero = find_word(known, own->word[0]), one = find_word(known, own->word[1]);
    *flips = zero == 1;
    return zero >= 0 && one >= 0;
}

/* Why the targets of `data` are not the known ones, in `why`; "" where they are. */
static void differ(const struct nc_target *known, const struct nc_data *data, char *why, size_t capacity)
{
    const int count = data->target_floats;
    why[0] = '\0';
    for (int t = 0; t < count && why[0] == '\0'; t++) {
        const struct nc_target *own = &data->target[t];
        int flips, place = find_name(known, count, own->name);
        if (strcmp(known[t].name, own->name) != 0 && place >= 0)
            snprintf(why, capacity, "target %d is %s, and %s there", t, own->name, known[t].name);
        else if (!match_words(&known[t], own, &flips) && known[t].word[0] == NULL)
            snprintf(why, capacity, "target %s is '%s' or another word, and a number there", own->name, own->word[0]);
        else if (!match_words(&known[t], own, &flips))
            snprintf(why, capacity, "target %s is '%s', and '%s' or '%s' there", own->name,
                     find_word(&known[t], own->word[0]) < 0 ? own->word[0] : own->word[1], known[t].word[0],
                     known[t].word[1]);
    }
}

/* Words get the numbers that they have among the known ones. */
static void renumber(const struct nc_target *known, struct nc_data *data)
{
    const int count = data->target_floats;
    float *targets = nc_memory(data->run, data->count, count * (long long)sizeof *targets, "the targets");
    for (int t = 0, flips; t < count; t++) {
        match_words(&known[t], &data->target[t], &flips);
        for (long long i = 0; i < data->count; i++) {
            float value = data->targets[i * count + t];
            targets[i * count + t] = flips ? 1 - value : value;
        }
    }
    data->targets = targets;
    data->target = known;
}

/* A single word is 0 or 1 only where others say so. */
static void check_words(const struct nc_data *data)
{
    for (int t = 0; t < data->target_floats; t++)
        if (data->target[t].word[0] != NULL && data->target[t].word[1] == NULL)
            nc_fail(data->run, "CrossEntropyLoss() is the loss for classes",
                    "%s: target %s is no number, and not one of two words: all are '%s'", data->name,
                    data->target[t].name, data->target[t].word[0]);
}

const struct nc_target *nc_checkpoint_targets(struct nc_run *run, const char *path)
{
    const int count = run->model->outputs;
    long long bytes = 0, names = 0, at = 0;
    char *record = run->store->load_record(run, path, NC_TARGETS_RECORD, &bytes);
    for (long long i = 0; record != NULL && i < bytes; i++)
        names += record[i] == '\0';
    if (record == NULL || bytes < 1 || record[bytes - 1] != '\0' || names != (long long)NAMES * count) {
        free(record);
        return NULL;
    }
    struct nc_target *targets = nc_memory(run, count, sizeof *targets, "the targets");
    for (int i = 0; i < NAMES * count; i++, at += (long long)strlen(record + at) + 1) {
        const char *name = record + at;
        if (i % NAMES == 0)
            targets[i / NAMES].name = name;
        else
            targets[i / NAMES].word[i % NAMES - 1] = name[0] != '\0' ? name : NULL;
    }
    for (int t = 0; t < count; t++)
        if ((targets[t].word[0] == NULL) != (targets[t].word[1] == NULL))
            return NULL; /* the file is damaged there */
    return targets;
}

static void number_training(struct nc_run *run, const char *path)
{
    struct nc_data *train = run->train.data;
    const struct nc_target *of_file = path != NULL && train->target != NULL ? nc_checkpoint_targets(run, path) : NULL;
    char why[400] = "";
    if (of_file != NULL)
        differ(of_file, train, why, sizeof why);
    if (why[0] != '\0' && run->resume)
        nc_fail(run, "start from its parameters alone with --load", "%s was trained on other targets than those of %s: "
                "%s", path, train->name, why);
    if (why[0] != '\0')
        nc_warn(run, "%s was trained on other targets than those of %s: %s", path, train->name, why);
    else if (of_file != NULL)
        renumber(of_file, train);
    if (train->target != NULL)
        check_words(train);
    run->targets = train->target;
}

void nc_number_targets(struct nc_run *run, const char *path)
{
    struct nc_data *train = nc_reads_training(run) ? run->train.data : NULL;
    struct nc_data *test = !nc_looks_at_gradients(run) ? run->test.data : NULL;
    char why[400];
    if (train != NULL)
        number_training(run, path);
    else
        run->targets = nc_checkpoint_targets(run, path);
    if (test == NULL || test == train || test->target == NULL)
        return;
    if (run->targets != NULL) {
        differ(run->targets, test, why, sizeof why);
        if (why[0] != '\0')
            nc_fail(run, "target= names the columns, in their order", "the targets of %s are not those of %s: %s",
                    test->name, train != NULL ? train->name : path, why);
        renumber(run->targets, test);
    }
    check_words(test);
}

char *nc_pack_targets(const struct nc_run *run, size_t *bytes)
{
    char *record = NULL;
    FILE *to = nc_memory_stream(run, &record, bytes, "the names of the targets");
    for (int t = 0; t < run->model->outputs; t++) {
        const struct nc_target *target = &run->targets[t];
        const char *names[NAMES] = {target->name, target->word[0], target->word[1]};
        for (int i = 0; i < NAMES; i++)
            fwrite(names[i] != NULL ? names[i] : "", 1, names[i] != NULL ? strlen(names[i]) + 1 : 1, to);
    }
    fclose(to);
    return record;
}
