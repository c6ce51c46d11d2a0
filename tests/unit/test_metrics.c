/* Metrics beside torchmetrics', over outputs that stand in the memory of several groups. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "metric_fixture.h"
#include "step/answers.h"
#include "suite.h"

enum { STRIDE = 16, GROUP = 7, FIRST = 3, EXPECTATIONS = sizeof expectations / sizeof expectations[0] };

static const struct nc_phase last = {.loss = 1};

static void draw(float *to, unsigned seed)
{
    struct nc_random r;
    nc_random_seed(&r, seed);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        to[i] = nc_random_uniform(&r, -8, 8);
}

/* The outputs behind `FIRST` floats, rows STRIDE apart, and the targets: as make_metrics.py has them. */
static void metric_data(const struct expectation *e, float *x, float *t, int *labels)
{
    float drawn[2][ROWS * COLUMNS];
    draw(drawn[0], 2);
    draw(drawn[1], 3);
    for (int n = 0; n < ROWS; n++) {
        labels[n] = (int)((drawn[1][n * COLUMNS] + 8) / 4);
        for (int c = 0; c < e->outputs; c++) {
            const float own = drawn[0][n * COLUMNS + c], target = drawn[1][n * COLUMNS + c];
            x[FIRST + n * STRIDE + c] = e->task == CLASSES && c == 4 ? -9 : e->task == SHARES ? (own + 8) / 16 : own;
            t[n * e->outputs + c] = e->task == NUMBERS ? target : target > 0;
        }
    }
}

/* The numbers of a table that nc_metrics_tables prints, behind the classes' numbers; `columns` in a row. */
static void read_tables(struct nc_run *run, int rows, int columns, double *to)
{
    char *text = NULL, *line;
    size_t size = 0;
    FILE *kept = stdout;
    stdout = open_memstream(&text, &size);
    nc_metrics_tables(run);
    fclose(stdout);
    stdout = kept;
    line = strchr(text, '\n') + 1;
    if (columns > 1)
        line = strchr(line, '\n') + 1;
    for (int r = 0; r < rows; r++, line = strchr(line, '\n') + 1) {
        char *at = line;
        ck_assert_int_eq(strtol(at, &at, 10), r);
        for (int c = 0; c < columns; c++)
            to[r * columns + c] = strtod(at, &at); /* "-", where a class has no samples, reads as 0 */
    }
    ck_assert_int_eq(*line, '\0');
    free(text);
}

START_TEST(torchmetrics)
{
    const struct expectation *e = &expectations[_i];
    float x[FIRST + ROWS * STRIDE], t[ROWS * COLUMNS];
    int labels[ROWS];
    const struct nc_loss loss = {.ignore_index = e->ignored};
    const struct nc_model model = {.classes = e->task == CLASSES, .outputs = e->outputs, .loss = &loss,
                                   .output = {FIRST * (long long)sizeof(float), STRIDE, _i % 2}};
    struct nc_data data = {.classes = e->task == CLASSES ? COLUMNS : 0};
    struct nc_run run = {.model = &model, .test = {.data = &data}};
    metric_data(e, x, t, labels);
    e->add(&run);
    nc_metrics_prepare(&run, ROWS);
    for (int again = 0; again < 2; again++) { /* a second evaluation begins anew */
        nc_metrics_begin(&run);
        for (int first = (ROWS - 1) / GROUP * GROUP; first >= 0; first -= GROUP) { /* in any order */
            struct nc_microbatch mb = {.count = first + GROUP > ROWS ? ROWS - first : GROUP, .first = first,
                                 .target = model.classes ? (const void *)(labels + first)
                                                         : (const void *)(t + first * e->outputs)};
            mb.batch = (void *)x;
            mb.workspace = (void *)(x + first * STRIDE);
            nc_metrics_look(&run, &last, &mb);
        }
        nc_metrics_add(&run, ROWS);
    }
    const char *name;
    double value, table[COLUMNS * COLUMNS];
    if (e->count == 1) {
        ck_assert(nc_metrics_value(&run, 0, &name, &value) && !nc_metrics_value(&run, 1, &name, &value));
        ck_assert_msg(fabs(value - e->value[0]) <= 1e-6 * fabs(e->value[0]), "%s: %.9g, not %.9g", e->call, value,
                      e->value[0]);
    } else {
        const int classes = model.classes ? COLUMNS : 2, columns = e->count / classes;
        ck_assert(!nc_metrics_value(&run, 0, &name, &value));
        read_tables(&run, classes, columns, table);
        for (int i = 0; i < e->count; i++)
            ck_assert_msg(fabs(table[i] - e->value[i]) <= 6e-5, "%s: number %d is %g, not %g", e->call, i, table[i],
                          e->value[i]);
    }
    nc_metrics_free(&run);
}
END_TEST

/* Samples of one class each, or the places of one sample: the same. */
START_TEST(places)
{
    enum { PLACES = 70, KINDS = 4 };
    float x[PLACES * KINDS];
    int labels[PLACES];
    char line[2][200];
    for (int i = 0; i < PLACES * KINDS; i++)
        x[i] = (float)(i * 37 % 101);
    for (int i = 0; i < PLACES; i++)
        labels[i] = i % 9 == 0 ? 255 : i % KINDS;
    for (int dense = 0; dense < 2; dense++) {
        float turned[PLACES * KINDS];
        const struct nc_loss loss = {.ignore_index = 255, .places = dense ? PLACES : 0};
        const int count = dense ? 1 : PLACES, outputs = dense ? PLACES * KINDS : KINDS;
        const struct nc_model model = {.classes = 1, .outputs = outputs, .loss = &loss, .output = {.stride = outputs}};
        struct nc_run run = {.model = &model};
        for (int i = 0; i < PLACES * KINDS; i++)
            turned[i] = dense ? x[i] : x[i % KINDS * PLACES + i / KINDS];
        nc_accuracy(&run, "micro", 2, 0.5, 0);
        nc_accuracy(&run, "macro", 1, 0.5, 0);
        nc_metrics_prepare(&run, count);
        nc_metrics_begin(&run);
        struct nc_microbatch mb = {.count = count, .target = labels, .workspace = (void *)turned};
        nc_metrics_look(&run, &last, &mb);
        nc_metrics_add(&run, count);
        nc_metrics_line(&run, line[dense], sizeof line[dense]);
        nc_metrics_free(&run);
    }
    ck_assert_str_eq(line[0], line[1]);
}
END_TEST

/* The first of equal outputs is the larger one, as for the accuracy that the loss counts; a NaN is right nowhere. */
START_TEST(equals)
{
    float x[3][STRIDE] = {{1, 2, 2, 0}, {2, 2, 2, 2}, {NAN, 1, 0, 0}};
    const int labels[] = {2, 1, 0};
    const struct nc_loss loss = {.ignore_index = -100};
    const struct nc_model model = {.classes = 1, .outputs = 4, .loss = &loss, .output = {.stride = STRIDE}};
    struct nc_run run = {.model = &model};
    nc_accuracy(&run, "micro", 2, 0.5, 0);
    nc_accuracy(&run, "macro", 1, 0.5, 0);
    nc_metrics_prepare(&run, 3);
    nc_metrics_begin(&run);
    struct nc_microbatch mb = {.count = 3, .target = labels, .workspace = (void *)x};
    nc_metrics_look(&run, &last, &mb);
    nc_metrics_add(&run, 3);
    char line[200];
    nc_metrics_line(&run, line, sizeof line);
    ck_assert_str_eq(line, "test_accuracy_top2 0.6667  test_accuracy_macro 0.3333");
    nc_metrics_free(&run);
}
END_TEST

/* Answers of samples that are pictures of one number, which is their place: of the last evaluation the matrix and the
 * wrong ones that are surest, in any number of passes. */
static void gather(struct nc_run *run, const float (*x)[STRIDE], int *labels, int count, int unit)
{
    struct nc_pass *pass = (struct nc_pass *)run->answers->pass;
    nc_metrics_begin(run);
    for (pass->place = 0; pass->place < count; pass->place += unit) {
        const int some = count - (int)pass->place < unit ? count - (int)pass->place : unit;
        struct nc_microbatch mb = {.count = some, .target = labels + pass->place, .workspace = (void *)x[pass->place]};
        for (int i = 0; i < some; i++)
            pass->input[i] = x[pass->place + i];
        nc_metrics_look(run, &last, &mb);
        nc_metrics_add(run, some);
    }
}

START_TEST(answers)
{
    enum { COUNT = 6, MOST = 2 };
    const float x[COUNT][STRIDE] = {{3, 1, 0}, {0, 2, 0}, {1, 0, 9}, {5, 0, 0}, {0, 5, 0}, {0, 0, 1}};
    int labels[COUNT] = {1, 1, 0, 2, 0, -100}, order[COUNT] = {5, 4, 3, 2, 1, 0};
    const char *names[] = {"cat", "dog"};
    const void *input[COUNT];
    const struct nc_loss loss = {.ignore_index = -100, .output = NC_LOGIT};
    const struct nc_model model = {.classes = 1, .outputs = 3, .loss = &loss, .output = {.stride = STRIDE}};
    struct nc_data data = {.rank = 3, .shape = {1, 1, 1}, .element = NC_FLOAT};
    struct nc_loader loader = {.data = &data, .order = order};
    struct nc_pass pass = {.loader = &loader, .input = input};
    struct nc_run run = {.model = &model, .classes = {2, names}};
    char number[16], line[200];
    long long right;
    nc_answers_prepare(&run, &pass, MOST);
    nc_metrics_prepare(&run, COUNT);
    gather(&run, x, labels, COUNT, COUNT);
    gather(&run, x, labels, COUNT, 1 + _i);
    const long long expected[] = {0, 1, 1, 1, 1, 0, 1, 0, 0};
    ck_assert(memcmp(nc_metrics_matrix(&run), expected, sizeof expected) == 0);
    ck_assert_int_eq(nc_metrics_of_class(&run, 1, &right), 2);
    ck_assert_int_eq(right, 1);
    ck_assert_int_eq(run.answers->count, MOST);
    const struct nc_wrong *wrong = run.answers->wrong;
    ck_assert(wrong[0].sample == 3 && wrong[0].label == 0 && wrong[0].answer == 2 && *(float *)wrong[0].seen == 1);
    ck_assert(wrong[1].sample == 2 && wrong[1].label == 2 && *(float *)wrong[1].seen == 5); /* the first of equals */
    ck_assert(fabs(wrong[1].confidence - exp(5) / (exp(5) + 2)) < 1e-6);
    ck_assert_str_eq(nc_answers_class(&run, 1, number), "dog");
    ck_assert_str_eq(nc_answers_class(&run, 2, number), "2");
    nc_metrics_line(&run, line, sizeof line);
    ck_assert_str_eq(line, "");
    nc_metrics_free(&run);
    nc_answers_free(&run);
}
END_TEST

/* A yes or no has two classes, and is as sure of a no as it is unsure of a yes. */
START_TEST(yes_or_no)
{
    float x[] = {2, -1, -3}, targets[] = {0, 0, 1};
    int order[] = {0, 1, 2};
    const void *input[3] = {x, x + 1, x + 2};
    const struct nc_loss loss = {.output = NC_LOGIT};
    const struct nc_model model = {.outputs = 1, .loss = &loss, .output = {.stride = 1}};
    struct nc_data data = {.rank = 1, .shape = {4}, .element = NC_FLOAT};
    struct nc_loader loader = {.data = &data, .order = order};
    struct nc_pass pass = {.loader = &loader, .input = input};
    struct nc_run run = {.model = &model};
    nc_answers_prepare(&run, &pass, 4);
    nc_metrics_prepare(&run, 3);
    nc_metrics_begin(&run);
    struct nc_microbatch mb = {.count = 3, .target = targets, .workspace = (void *)x};
    nc_metrics_look(&run, &last, &mb);
    nc_metrics_add(&run, 3);
    const long long expected[] = {1, 1, 1, 0};
    ck_assert(memcmp(nc_metrics_matrix(&run), expected, sizeof expected) == 0);
    ck_assert(run.answers->count == 2 && run.answers->wrong[0].sample == 2 && run.answers->wrong[0].seen == NULL);
    ck_assert(fabs(run.answers->wrong[0].confidence - 1 / (1 + exp(-3))) < 1e-6);
    nc_metrics_free(&run);
    nc_answers_free(&run);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metrics");
    TCase *core = tcase_create("core");
    tcase_add_loop_test(core, torchmetrics, 0, EXPECTATIONS);
    tcase_add_test(core, equals);
    tcase_add_loop_test(core, answers, 0, 4);
    tcase_add_test(core, yes_or_no);
    tcase_add_test(core, places);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
