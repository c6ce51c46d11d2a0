/* predict.c: the command `predict`: what the model makes of samples that nobody has labelled. They go through the
 * transforms of the test data and through the model in evaluation mode; one that can't be read is told, and the others
 * are done. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

enum { NAME_ROOM = 4200, WHY_ROOM = 1024 };

/* What is printed of a sample. */
enum answer {
    ONE_CLASS,   /* the classes with the highest probabilities, which add up to 1 */
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
    double *probability;  /* [model->outputs] */
    int *order;           /* [model->outputs] the classes, the most probable first */
    struct nc_classes classes; /* those that have names, the first ones */
    long long printed, broken;

    /* of samples that are made from files */
    unsigned char *plans, *slots;
    long long slot_bytes;
    char (*why)[WHY_ROOM]; /* [unit] what is wrong with each; "": nothing */
};

/* ---- Samples into outputs ---------------------------------------------------------------------------------------- */

static void look(const struct nc_run *run, const struct nc_group *g)
{
    const int outputs = run->model->outputs;
    int stride;
    const float *x = nc_group_outputs(run, g, &stride);
    for (int n = 0; n < g->count; n++)
        memcpy(run->prediction->outputs + (long long)(g->first + n) * outputs, x + (long long)n * stride,
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
        return ONE_CLASS;
    return m->loss->output == NC_NUMBER ? NUMBERS : EACH_CHANCE;
}

/* Probabilities: of classes the softmax of logits; of outputs that are each a yes or no the sigmoid. */
static void find_probabilities(const struct nc_model *m, const float *x, double *probability)
{
    double most = (double)x[0], sum = 0;
    for (int i = 1; i < m->outputs; i++)
        most = fmax(most, (double)x[i]);
    for (int i = 0; i < m->outputs; i++) {
        double value = (double)x[i];
        if (m->loss->output == NC_LOG_PROBABILITY)
            probability[i] = exp(value);
        else if (m->loss->output == NC_PROBABILITY)
            probability[i] = value;
        else if (!m->classes)
            probability[i] = 1 / (1 + exp(-value));
        else
            sum += probability[i] = exp(value - most);
    }
    for (int i = 0; i < m->outputs && sum > 0; i++)
        probability[i] /= sum;
}

/* Of equal outputs the first one comes first, as of torch.argmax. */
static void sort_classes(const struct nc_prediction *p, const float *x, int top)
{
    const int outputs = p->run->model->outputs;
    for (int i = 0; i < outputs; i++)
        p->order[i] = i;
    for (int i = 0; i < top; i++) {
        int best = i;
        for (int k = i + 1; k < outputs; k++)
            if (x[p->order[k]] > x[p->order[best]])
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

static void print_numbers(const char *between, const float *x, int count)
{
    for (int i = 0; i < count; i++)
        nc_print("%s%.9g", i > 0 ? between : "", (double)x[i]);
}

static void print_chances(const char *between, const double *probability, int count)
{
    for (int i = 0; i < count; i++)
        nc_print("%s%.9g", i > 0 ? between : "", probability[i]);
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static void print_text(const struct nc_prediction *p, const char *name, const float *x, int top)
{
    const int outputs = p->run->model->outputs;
    char number[16];
    nc_print("%s", name);
    if (answer_of(p->run->model) == ONE_CLASS) {
        int widest = 0;
        for (int i = 0; i < top; i++) {
            int width = (int)strlen(class_name(p, p->order[i], number));
            widest = width > widest ? width : widest;
        }
        for (int i = 0; i < top; i++)
            nc_print("\n  %-*s  %.4f", widest, class_name(p, p->order[i], number), p->probability[p->order[i]]);
    } else {
        nc_print("\n  ");
        if (answer_of(p->run->model) == EACH_CHANCE)
            print_chances("  ", p->probability, outputs);
        else
            print_numbers("  ", x, outputs);
    }
    if (p->run->print_outputs && answer_of(p->run->model) != NUMBERS) {
        nc_print("\n  outputs  ");
        print_numbers("  ", x, outputs);
    }
    putchar('\n');
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void print_json_text(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            nc_print("\\%c", c);
        else if (c < ' ' || c == 0x7f)
            nc_print("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static void print_json(const struct nc_prediction *p, const char *name, const float *x, int top)
{
    const struct nc_model *m = p->run->model;
    char number[16];
    nc_print("%s\n  {\"file\": ", p->printed > 0 ? "," : "");
    print_json_text(name);
    if (answer_of(m) == ONE_CLASS) {
        nc_print(", \"top\": [");
        for (int i = 0; i < top; i++) {
            nc_print("%s{\"index\": %d, \"class\": ", i > 0 ? ", " : "", p->order[i]);
            print_json_text(class_name(p, p->order[i], number));
            nc_print(", \"probability\": %.9g}", p->probability[p->order[i]]);
        }
        putchar(']');
    } else if (answer_of(m) == EACH_CHANCE) {
        nc_print(", \"probabilities\": [");
        print_chances(", ", p->probability, m->outputs);
        putchar(']');
    }
    if (p->run->print_outputs || answer_of(m) == NUMBERS) {
        nc_print(", \"outputs\": [");
        print_numbers(", ", x, m->outputs);
        putchar(']');
    }
    putchar('}');
}

/* ---- CSV --------------------------------------------------------------------------------------------------------- */

/* RFC 4180: quotes where there are commas, quotes or line ends. */
static void print_csv_text(const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        fputs(text, stdout); /* as it is: not for people */
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++)
        nc_print(*text == '"' ? "\"\"" : "%c", *text);
    putchar('"');
}

static void print_csv_head(const struct nc_prediction *p, int top)
{
    const struct nc_model *m = p->run->model;
    nc_print("file");
    for (int i = 0; i < top && answer_of(m) == ONE_CLASS; i++)
        nc_print(",class_%d,probability_%d", i + 1, i + 1);
    for (int i = 0; i < m->outputs && answer_of(m) == EACH_CHANCE; i++)
        nc_print(",probability_%d", i);
    for (int i = 0; i < m->outputs && (p->run->print_outputs || answer_of(m) == NUMBERS); i++)
        nc_print(",output_%d", i);
    putchar('\n');
}

static void print_csv(const struct nc_prediction *p, const char *name, const float *x, int top)
{
    const struct nc_model *m = p->run->model;
    char number[16];
    print_csv_text(name);
    for (int i = 0; i < top && answer_of(m) == ONE_CLASS; i++) {
        putchar(',');
        print_csv_text(class_name(p, p->order[i], number));
        nc_print(",%.9g", p->probability[p->order[i]]);
    }
    if (answer_of(m) == EACH_CHANCE) {
        putchar(',');
        print_chances(",", p->probability, m->outputs);
    }
    if (p->run->print_outputs || answer_of(m) == NUMBERS) {
        putchar(',');
        print_numbers(",", x, m->outputs);
    }
    putchar('\n');
}

static void print_sample(struct nc_prediction *p, long long sample, const float *x)
{
    static void (*const print[])(const struct nc_prediction *p, const char *name, const float *x, int top) = {
        [NC_PRINT_TEXT] = print_text, [NC_PRINT_JSON] = print_json, [NC_PRINT_CSV] = print_csv};
    const struct nc_model *m = p->run->model;
    const int top = p->run->top < m->outputs ? p->run->top : m->outputs;
    char name[NAME_ROOM];
    p->data->sample_name(p->data, sample, name, sizeof name);
    if (answer_of(m) != NUMBERS)
        find_probabilities(m, x, p->probability);
    if (answer_of(m) == ONE_CLASS)
        sort_classes(p, x, top);
    print[p->run->print](p, name, x, top);
    p->printed++;
}

/* ---- Beginning and end ------------------------------------------------------------------------------------------- */

/* The names of the classes: those that the checkpoint was saved with, or those that the data set knows. */
static void find_names(struct nc_prediction *p)
{
    struct nc_run *run = p->run;
    const int outputs = run->model->outputs;
    if (nc_checkpoint_classes(run, run->load_name.value, &p->classes))
        return;
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
    if (data->count < p->unit)
        p->unit = data->count > 0 ? (int)data->count : 1;
    p->pass = (struct nc_pass){.run = run, .loader = &run->test, .stretch = p->unit, .scale = 1.0f, .unlabelled = 1,
                               .passage = m->evaluation, .ready = 1, .look = look};
    nc_pass_prepare(&p->pass, p->unit, p->unit, "the prediction");
    p->sample = nc_memory(run, p->unit, sizeof *p->sample, "the prediction");
    p->outputs = nc_memory(run, (long long)p->unit * m->outputs, sizeof *p->outputs, "the outputs");
    p->probability = nc_memory(run, m->outputs, sizeof *p->probability, "the outputs");
    p->order = nc_memory(run, m->outputs, sizeof *p->order, "the outputs");
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
    if (run->model->evaluation != NULL)
        run->model->evaluation->derive(run->weights, run->derived);
    if (run->print == NC_PRINT_JSON)
        nc_print("[");
    if (run->print == NC_PRINT_CSV)
        print_csv_head(p, run->top < outputs ? run->top : outputs);
    for (long long first = 0; first < p->data->count; first += p->unit) {
        run_pass(p, first);
        for (int i = 0; i < p->pass.count; i++)
            print_sample(p, p->sample[i], p->outputs + (long long)i * outputs);
    }
    if (run->print == NC_PRINT_JSON)
        nc_print(p->printed > 0 ? "\n]\n" : "]\n");
    return p->broken + p->data->broken > 0;
}
