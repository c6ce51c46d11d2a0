/* answers.c: the wrong answers that a model is surest of. */
#include "step/answers.h"

#include <stdlib.h>
#include <string.h>

#include "data/shown.h"

int nc_answers_classes(const struct nc_run *run)
{
    return run->model->classes ? nc_class_count(run->model) : 2;
}

const char *nc_answers_class(const struct nc_run *run, int c, char number[16])
{
    const struct nc_classes *classes = &run->classes;
    if (run->model->classes && classes->names != NULL && c < classes->count)
        return classes->names[c];
    if (!run->model->classes && run->model->outputs == 1 && run->targets != NULL && run->targets[0].word[c] != NULL)
        return run->targets[0].word[c];
    snprintf(number, 16, "%d", c);
    return number;
}

/* A sample has one class, or is a yes or no. */
static int has_one_answer(const struct nc_model *m)
{
    if (m->classes)
        return nc_places(m) == 1;
    return m->outputs == 1 && (m->loss->output == NC_LOGIT || m->loss->output == NC_PROBABILITY);
}

/* The bytes of a picture in grey or in colour. */
static long long picture_bytes(const struct nc_data *data)
{
    if (!nc_is_shown(data))
        return 0;
    return data->shape[0] * data->shape[1] * data->shape[2] * (data->element == NC_BYTE ? 1 : (int)sizeof(float));
}

void nc_answers_prepare(struct nc_run *run, const struct nc_pass *pass, int most)
{
    if (!has_one_answer(run->model))
        return;
    struct nc_answers *a = run->answers = nc_memory(run, 1, sizeof *a, "the answers");
    *a = (struct nc_answers){.most = most, .pass = pass, .bytes = picture_bytes(pass->loader->data)};
    a->wrong = nc_memory(run, most, sizeof *a->wrong, "the answers");
    for (int i = 0; i < most && a->bytes > 0; i++)
        a->wrong[i].seen = nc_memory(run, 1, a->bytes, "the answers");
    nc_metrics_gather(run, nc_answers_classes(run) <= NC_MATRIX_CLASSES);
}

void nc_answers_free(struct nc_run *run)
{
    struct nc_answers *a = run->answers;
    for (int i = 0; a != NULL && i < a->most; i++)
        free(a->wrong[i].seen);
    free(a != NULL ? a->wrong : NULL);
    free(a);
    run->answers = NULL;
}

void nc_answers_begin(struct nc_run *run)
{
    if (run->answers == NULL)
        return;
    run->answers->made++;
    run->answers->count = 0;
}

void nc_answers_take(struct nc_run *run, int place, int label, int answer, float confidence)
{
    struct nc_answers *a = run->answers;
    int at = a->count;
    while (at > 0 && confidence > a->wrong[at - 1].confidence)
        at--;
    if (at == a->most)
        return;
    const int last = a->count < a->most ? a->count++ : a->most - 1;
    unsigned char *seen = a->wrong[last].seen;
    memmove(a->wrong + at + 1, a->wrong + at, (size_t)(last - at) * sizeof *a->wrong);
    const long long sample = a->pass->loader->order[a->pass->place + place];
    a->wrong[at] = (struct nc_wrong){sample, label, answer, confidence, seen};
    if (seen != NULL)
        memcpy(seen, a->pass->shared && !a->pass->ready ? nc_data_sample(a->pass->loader->data, sample)
                                                        : a->pass->input[place], (size_t)a->bytes);
}
