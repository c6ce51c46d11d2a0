/* predict.c: the command `predict`: what the model makes of samples that nobody has labelled. They go through the
 * transforms of the test data and through the model in evaluation mode; one that can't be read is told, and the others
 * are done. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "system/csv_cell.h"
#include "system/json.h"

enum { NAME_ROOM = 4200, WHY_ROOM = 1024 };

/* What is printed of a sample. */
enum answer {
    ONE_CLASS,   /* the classes with the highest probabilities, which add up to 1 */
    PLACES,      /* the class of each place of an output, and the shares of the places that the classes have */
    EACH_CHANCE, /* the probability of each output */
    NUMBERS,     /* the outputs */
};

struct nc_prediction {
    struct nc_run *run;
    struct nc_data *data;
    struct nc_pass pass;
    int unit;             /* samples of a pass, at most */
    long long *sample;    /* [unit] which ones they are */
    float *outputs;       /* [unit][model->outputs] */
    double *probability;  /* [model->outputs], or of PLACES the share of each class */
    int *order;           /* [model->outputs] the classes, the most probable first */
    int *place;           /* [places] the class of each */
    struct nc_classes classes; /* those that have names, the first ones */
    const struct nc_target *targets; /* [model->outputs] what outputs stand for that are no classes; or NULL */
    long long printed, broken;

    /* of samples that are made from files */
    unsigned char *plans, *slots;
    long long slot_bytes;
    char (*why)[WHY_ROOM]; /* [unit] what is wrong with each; "": nothing */
};

/* ---- Samples into outputs ---------------------------------------------------------------------------------------- */

static void look(void *context, const struct nc_phase *phase, const struct nc_microbatch *mb)
{
    const struct nc_run *run = context;
    const int outputs = run->model->outputs;
    int stride;
    if (!phase->loss)
        return;
    const float *x = nc_microbatch_outputs(run, mb, &stride);
    for (int n = 0; n < mb->count; n++)
        memcpy(run->prediction->outputs + (long long)(mb->first + n) * outputs, x + (long long)n * stride,
               (size_t)outputs * sizeof(float));
}

static void make_sample(void *context, int index, int thread)
{
    struct nc_prediction *p = context;
    const struct nc_preparation *preparation = p->data->preparation;
    if (p->why[index][0] == '\0')
        preparation->make(p->data, p->sample[index], p->plans + index * preparation->plan_bytes, thread,
                          p->slots + index * p->slot_bytes, p->why[index], WHY_ROOM);
}

/* Makes the samples of a pass, and leaves out those that can't be made. */
static void make_samples(struct nc_prediction *p, int count)
{
    const struct nc_preparation *preparation = p->data->preparation;
    struct nc_why why;
    int kept = 0;
    for (int i = 0; i < count; i++) {
        p->why[i][0] = '\0';
        if (preparation->plan(p->data, p->sample[i], &p->run->random, p->plans + i * preparation->plan_bytes, &why))
            continue;
        snprintf(p->why[i], WHY_ROOM, "%.*s%s%.300s", WHY_ROOM - 320, why.text, why.hint != NULL ? ": " : "",
                 why.hint != NULL ? why.hint : "");
    }
    nc_pool_run(p->run->pool, count, make_sample, p);
    for (int i = 0; i < count; i++) {
        if (p->why[i][0] != '\0') {
            nc_warn(p->run, "%s", p->why[i]);
            p->broken++;
            continue;
        }
        p->pass.input[kept] = p->slots + i * p->slot_bytes;
        p->sample[kept++] = p->sample[i];
    }
    p->pass.count = kept;
}

/* The samples from number `first` on through the model. */
static void run_pass(struct nc_prediction *p, long long first)
{
    int count = p->data->count - first < p->unit ? (int)(p->data->count - first) : p->unit;
    for (int i = 0; i < count; i++)
        p->sample[i] = first + i;
    p->pass.count = count;
    if (p->data->preparation != NULL)
        make_samples(p, count);
    for (int i = 0; p->data->preparation == NULL && i < count; i++)
        p->pass.input[i] = nc_data_sample(p->data, p->sample[i]);
    if (p->pass.count > 0)
        nc_pass_run(&p->pass);
}

/* ---- Outputs into answers ---------------------------------------------------------------------------------------- */

static enum answer answer_of(const struct nc_model *m)
{
    if (m->classes)
        return m->output_rank > 1 ? PLACES : ONE_CLASS;
    return m->loss->output == NC_NUMBER ? NUMBERS : EACH_CHANCE;
}

static void find_probabilities(const struct nc_model *m, const float *x, double *probability)
{
    const struct nc_softmax softmax = nc_softmax_of(m, x);
    for (int i = 0; i < m->outputs; i++)
        probability[i] = nc_probability(m, &softmax, x[i]);
}

/* The class of each place, and what share of the places each class has. */
static void find_places(struct nc_prediction *p, const float *x)
{
    const int places = nc_places(p->run->model), classes = nc_class_count(p->run->model);
    nc_largest(x, classes, places, places, p->place);
    for (int c = 0; c < classes; c++)
        p->probability[c] = 0;
    for (int i = 0; i < places; i++)
        p->probability[p->place[i]]++;
    for (int c = 0; c < classes; c++)
        p->probability[c] /= places;
}

/* Of equal outputs, or shares, the first one comes first, as of torch.argmax. */
static void sort_classes(const struct nc_prediction *p, const float *x, int top)
{
    const int classes = nc_class_count(p->run->model);
    for (int i = 0; i < classes; i++)
        p->order[i] = i;
    for (int i = 0; i < top; i++) {
        int best = i;
        for (int k = i + 1; k < classes; k++)
            if (answer_of(p->run->model) == PLACES ? p->probability[p->order[k]] > p->probability[p->order[best]]
                                                   : x[p->order[k]] > x[p->order[best]])
                best = k;
        int chosen = p->order[best];
        memmove(p->order + i + 1, p->order + i, (size_t)(best - i) * sizeof *p->order);
        p->order[i] = chosen;
    }
}

/* A class's name, or its number in `number`. */
static const char *class_name(const struct nc_prediction *p, int c, char number[16])
{
    if (c < p->classes.count)
        return p->classes.names[c];
    snprintf(number, 16, "%d", c);
    return number;
}

/* The word that an output with this probability says; NULL where the target has no words. */
static const char *word_of(const struct nc_prediction *p, int output)
{
    if (p->targets == NULL || answer_of(p->run->model) != EACH_CHANCE)
        return NULL;
    return p->targets[output].word[p->probability[output] >= 0.5];
}

static void print_floats(const char *between, const float *x, int count)
{
    for (int i = 0; i < count; i++)
        nc_print("%s%.9g", i > 0 ? between : "", (double)x[i]);
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static int widest_of(int widest, const char *name)
{
    int width = (int)strlen(name);
    return width > widest ? width : widest;
}

static void print_top(const struct nc_prediction *p, int top)
{
    char number[16];
    int widest = 0;
    for (int i = 0; i < top; i++)
        widest = widest_of(widest, class_name(p, p->order[i], number));
    for (int i = 0; i < top; i++)
        nc_print("\n  %-*s  %.4f", widest, class_name(p, p->order[i], number), p->probability[p->order[i]]);
}

/* A line a target: its name; its number, or the word it is likely to be and how likely that is, or the probability. */
static void print_targets(const struct nc_prediction *p, const float *x)
{
    const int outputs = p->run->model->outputs;
    int widest = 0, widest_word = 0;
    for (int i = 0; i < outputs; i++) {
        widest = widest_of(widest, p->targets[i].name);
        if (word_of(p, i) != NULL)
            widest_word = widest_of(widest_word, word_of(p, i));
    }
    for (int i = 0; i < outputs; i++) {
        const double chance = p->probability[i];
        const char *word = word_of(p, i);
        nc_print("\n  %-*s", widest, p->targets[i].name);
        if (widest_word > 0)
            nc_print("  %-*s", widest_word, word != NULL ? word : "");
        if (answer_of(p->run->model) == NUMBERS)
            nc_print("  %.9g", (double)x[i]);
        else
            nc_print("  %.4f", word != NULL && chance < 0.5 ? 1 - chance : chance);
    }
}

static void print_text(const struct nc_prediction *p, const char *name, const float *x, int top)
{
    const int outputs = p->run->model->outputs;
    const enum answer answer = answer_of(p->run->model);
    nc_print("%s", name);
    if (answer == ONE_CLASS || answer == PLACES) {
        print_top(p, top);
    } else if (p->targets != NULL) {
        print_targets(p, x);
    } else {
        nc_print("\n  ");
        for (int i = 0; i < outputs && answer == EACH_CHANCE; i++)
            nc_print("%s%.4f", i > 0 ? "  " : "", p->probability[i]);
        if (answer == NUMBERS)
            print_floats("  ", x, outputs);
    }
    if (p->run->print_outputs && answer != NUMBERS) {
        nc_print("\n  outputs  ");
        print_floats("  ", x, outputs);
    }
    putchar('\n');
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

/* JSON has no infinity, and nothing that is no number. */
static void print_json_number(double x)
{
    if (isfinite(x))
        nc_print("%.9g", x);
    else
        nc_print("null");
}

static void print_json_list(const char *key, const double *probability, const float *x, int count)
{
    nc_print(", \"%s\": [", key);
    for (int i = 0; i < count; i++) {
        if (i > 0)
            nc_print(", ");
        print_json_number(x != NULL ? (double)x[i] : probability[i]);
    }
    putchar(']');
}

/* What the outputs are called, and what they say in words. */
static void print_json_targets(const struct nc_prediction *p)
{
    const int words = answer_of(p->run->model) == EACH_CHANCE;
    for (int what = 0; what <= words; what++) {
        nc_print(what == 0 ? ", \"targets\": [" : ", \"answers\": [");
        for (int i = 0; i < p->run->model->outputs; i++) {
            const char *text = what == 0 ? p->targets[i].name : word_of(p, i);
            if (i > 0)
                nc_print(", ");
            if (text != NULL)
                nc_json_text(stdout, text);
            else
                nc_print("null");
        }
        putchar(']');
    }
}

/* A bracket for each axis of the places that begins, or ends, at place `at`. */
static void print_brackets(const struct nc_model *m, long long at, char bracket)
{
    long long inner = nc_places(m);
    for (int axis = 1; axis < m->output_rank; inner /= m->output_shape[axis++])
        if (at % inner == 0)
            putchar(bracket);
}

/* The classes' numbers, nested as the places are: rows of a picture. */
static void print_json_places(const struct nc_prediction *p)
{
    const struct nc_model *m = p->run->model;
    nc_print(", \"places\": ");
    for (int i = 0; i < nc_places(m); i++) {
        nc_print("%s", i > 0 ? ", " : "");
        print_brackets(m, i, '[');
        nc_print("%d", p->place[i]);
        print_brackets(m, i + 1, ']');
    }
}

static void print_json(const struct nc_prediction *p, const char *name, const float *x, int top)
{
    const struct nc_model *m = p->run->model;
    char number[16];
    if (p->printed > 0)
        putchar(',');
    nc_print("\n  {\"file\": ");
    nc_json_text(stdout, name);
    if (answer_of(m) == ONE_CLASS || answer_of(m) == PLACES) {
        nc_print(", \"top\": [");
        for (int i = 0; i < top; i++) {
            nc_print("%s{\"index\": %d, \"class\": ", i > 0 ? ", " : "", p->order[i]);
            nc_json_text(stdout, class_name(p, p->order[i], number));
            nc_print(", \"%s\": ", answer_of(m) == PLACES ? "share" : "probability");
            print_json_number(p->probability[p->order[i]]);
            putchar('}');
        }
        putchar(']');
    } else if (p->targets != NULL) {
        print_json_targets(p);
    }
    if (answer_of(m) == PLACES)
        print_json_places(p);
    if (answer_of(m) == EACH_CHANCE)
        print_json_list("probabilities", p->probability, NULL, m->outputs);
    if (p->run->print_outputs || answer_of(m) == NUMBERS)
        print_json_list("outputs", NULL, x, m->outputs);
    putchar('}');
}

/* ---- CSV --------------------------------------------------------------------------------------------------------- */

/* The name of a column behind `before`: the target's, or the output's number; and behind that the word that it is. */
static void print_csv_name(const struct nc_prediction *p, const char *before, int output, const char *word)
{
    char name[NAME_ROOM];
    if (p->targets != NULL)
        snprintf(name, sizeof name, "%s%.2000s%s%.2000s", before, p->targets[output].name, word != NULL ? "_" : "",
                 word != NULL ? word : "");
    else
        snprintf(name, sizeof name, "%s%d", before, output);
    putchar(',');
    nc_csv_put_cell(stdout, name);
}

static void print_csv_head(const struct nc_prediction *p, int top)
{
    const struct nc_model *m = p->run->model;
    const int numbers = answer_of(m) == NUMBERS;
    nc_print("file");
    for (int i = 0; i < top && answer_of(m) == ONE_CLASS; i++)
        nc_print(",class_%d,probability_%d", i + 1, i + 1);
    for (int i = 0; i < nc_places(m) && answer_of(m) == PLACES; i++)
        nc_print(",place_%d", i);
    for (int i = 0; i < m->outputs && answer_of(m) == EACH_CHANCE; i++) {
        const char *word = p->targets != NULL ? p->targets[i].word[1] : NULL;
        if (word != NULL)
            print_csv_name(p, "", i, NULL);
        print_csv_name(p, "probability_", i, word);
    }
    for (int i = 0; i < m->outputs && (p->run->print_outputs || numbers); i++)
        print_csv_name(p, numbers && p->targets != NULL ? "" : "output_", i, NULL);
    putchar('\n');
}

static void print_csv(const struct nc_prediction *p, const char *name, const float *x, int top)
{
    const struct nc_model *m = p->run->model;
    char number[16];
    nc_csv_put_cell(stdout, name);
    for (int i = 0; i < top && answer_of(m) == ONE_CLASS; i++) {
        putchar(',');
        nc_csv_put_cell(stdout, class_name(p, p->order[i], number));
        nc_print(",%.9g", p->probability[p->order[i]]);
    }
    for (int i = 0; i < nc_places(m) && answer_of(m) == PLACES; i++) {
        putchar(',');
        nc_csv_put_cell(stdout, class_name(p, p->place[i], number));
    }
    for (int i = 0; i < m->outputs && answer_of(m) == EACH_CHANCE; i++) {
        putchar(',');
        if (word_of(p, i) != NULL) {
            nc_csv_put_cell(stdout, word_of(p, i));
            putchar(',');
        }
        nc_print("%.9g", p->probability[i]);
    }
    if (p->run->print_outputs || answer_of(m) == NUMBERS) {
        putchar(',');
        print_floats(",", x, m->outputs);
    }
    putchar('\n');
}

static void print_sample(struct nc_prediction *p, long long sample, const float *x)
{
    static void (*const print[])(const struct nc_prediction *p, const char *name, const float *x, int top) = {
        [NC_PRINT_TEXT] = print_text, [NC_PRINT_JSON] = print_json, [NC_PRINT_CSV] = print_csv};
    const struct nc_model *m = p->run->model;
    const int top = p->run->top < nc_class_count(m) ? p->run->top : nc_class_count(m);
    char name[NAME_ROOM];
    p->data->sample_name(p->data, sample, name, sizeof name);
    if (answer_of(m) == PLACES)
        find_places(p, x);
    else if (answer_of(m) != NUMBERS)
        find_probabilities(m, x, p->probability);
    if (answer_of(m) == ONE_CLASS || answer_of(m) == PLACES)
        sort_classes(p, x, top);
    print[p->run->print](p, name, x, top);
    p->printed++;
}

/* ---- Beginning and end ------------------------------------------------------------------------------------------- */

/* The names of the classes: those that the checkpoint was saved with, or those that the data set knows. Or the names of
 * the targets: the checkpoint's, which may be the numbers of columns. */
static void find_names(struct nc_prediction *p)
{
    struct nc_run *run = p->run;
    const int outputs = nc_class_count(run->model);
    if (!run->model->classes) {
        p->targets = nc_checkpoint_targets(run, run->load_name.value);
        return;
    }
    if (nc_checkpoint_classes(run, run->load_name.value, &p->classes)) {
        run->names_read = p->classes.names;
        return;
    }
    p->classes.names = p->data->class_names;
    p->classes.count = p->data->class_names == NULL ? 0 : p->data->classes < outputs ? p->data->classes : outputs;
}

void nc_predict_prepare(struct nc_run *run)
{
    const struct nc_model *m = run->model;
    struct nc_data *data = run->test.data;
    struct nc_prediction *p = run->prediction = nc_memory(run, 1, sizeof *p, "the prediction");
    p->run = run;
    p->data = data;
    p->unit = nc_evaluation_most(run, &run->test);
    if (m->norm_tests)
        nc_fail(run, "let it keep running statistics", "predict takes samples one by one, but %s expects more than 1 "
                "value per channel", m->norm);
    if (m->mingles)
        p->unit = 1; /* an answer must not depend on what else was asked */
    if (data->count < p->unit)
        p->unit = data->count > 0 ? (int)data->count : 1;
    p->pass = (struct nc_pass){.run = run, .loader = &run->test, .stretch = p->unit, .scale = 1.0f, .unlabelled = 1,
                               .evaluates = 1, .ready = 1, .look = look, .context = run};
    nc_pass_prepare(&p->pass, p->unit, p->unit, "the prediction");
    p->sample = nc_memory(run, p->unit, sizeof *p->sample, "the prediction");
    p->outputs = nc_memory(run, (long long)p->unit * m->outputs, sizeof *p->outputs, "the outputs");
    p->probability = nc_memory(run, m->outputs, sizeof *p->probability, "the outputs");
    p->order = nc_memory(run, m->outputs, sizeof *p->order, "the outputs");
    p->place = nc_memory(run, nc_places(m), sizeof *p->place, "the outputs");
    if (data->preparation == NULL)
        return;
    p->slot_bytes = (data->preparation->bytes + 63) / 64 * 64;
    p->plans = nc_memory(run, p->unit, data->preparation->plan_bytes, "the samples");
    p->slots = nc_memory(run, p->unit, p->slot_bytes, "the samples");
    p->why = nc_memory(run, p->unit, sizeof *p->why, "the samples");
    data->preparation->start(data, (int)run->threads.value);
}

void nc_predict_free(struct nc_run *run)
{
    struct nc_prediction *p = run->prediction;
    if (p == NULL)
        return;
    for (int i = 0; i < p->unit && p->plans != NULL; i++)
        p->data->preparation->end_plan(p->data, p->plans + i * p->data->preparation->plan_bytes);
    nc_pass_free(&p->pass);
    free(p->sample);
    free(p->outputs);
    free(p->probability);
    free(p->order);
    free(p->place);
    free(p->plans);
    free(p->slots);
    free(p->why);
    free(p);
}

int nc_predict(struct nc_run *run)
{
    struct nc_prediction *p = run->prediction;
    const int outputs = run->model->outputs;
    find_names(p);
    nc_pack_evaluation(run);
    if (run->print == NC_PRINT_JSON)
        nc_print("[");
    if (run->print == NC_PRINT_CSV)
        print_csv_head(p, run->top < nc_class_count(run->model) ? run->top : nc_class_count(run->model));
    for (long long first = 0; first < p->data->count; first += p->unit) {
        run_pass(p, first);
        for (int i = 0; i < p->pass.count; i++)
            print_sample(p, p->sample[i], p->outputs + (long long)i * outputs);
    }
    if (run->print == NC_PRINT_JSON)
        nc_print(p->printed > 0 ? "\n]\n" : "]\n");
    return p->broken + p->data->broken > 0;
}
