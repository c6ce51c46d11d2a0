/* Numbers that training learns from and numbers that it is tested with have to be scaled alike: who adds Normalize to
 * the training data and forgets the test data gets a bad accuracy, and no error. */
#include <string.h>

#include "model/trainer.h"

/* The next transform from *at on that scales numbers; NULL: there is none. */
static const Transform *next_scale(const Data *data, int *at)
{
    while (*at < data->transforms.count) {
        const Transform *transform = &data->transforms.at[(*at)++];
        if (transform->kind->scales)
            return transform;
    }
    return NULL;
}

static bool same_arguments(const Transform *a, const Transform *b)
{
    for (int i = 0; a->kind->params[i].name; i++) {
        const Arg *x = &a->args.at[i], *y = &b->args.at[i];
        if (x->f != y->f || x->list_count != y->list_count)
            return false;
        for (int k = 0; k < x->list_count; k++)
            if (x->list[k] != y->list[k])
                return false;
    }
    return true;
}

/* The first of the data sets that `data` is made of whose numbers are not scaled as those of `like`, and which of the
 * transforms differ, NULL where one lacks it. NULL: all are scaled alike. */
static const Data *other_scales(const Data *data, const Data *like, const Transform **own, const Transform **theirs)
{
    for (int i = 0; i < data->of.count; i++) {
        const Data *other = other_scales(data->of.at[i], like, own, theirs);
        if (other)
            return other;
    }
    for (int i = 0, k = 0; !data->of.count;) {
        *own = next_scale(data, &i);
        *theirs = next_scale(like, &k);
        if (!*own && !*theirs)
            break;
        if (!*own || !*theirs || (*own)->kind != (*theirs)->kind || !same_arguments(*own, *theirs))
            return data;
    }
    return NULL;
}

void check_scales(Trainer *t)
{
    Diag *diag = t->build->diag;
    const Transform *own, *theirs;
    if (!t->data || !t->test || !t->data->known || !t->test->known)
        return;
    const Data *train = data_source(t->data->data);
    const Data *other = other_scales(t->test->data, train, &own, &theirs);
    if (!other || other->kind->table != train->kind->table) /* which is a mistake of its own */
        return;
    if (!own) {
        diag_warning(diag, other->span, "'%s' lacks %s, and so has other numbers than '%s', which the model learns "
                     "from", other->name, theirs->kind->name, train->name);
        diag_note(diag, theirs->args.span, "'%s' has it here", train->name);
        return;
    }
    diag_warning(diag, own->args.span, "'%s' has other numbers than '%s', which the model learns from and which has "
                 "%s", other->name, train->name, theirs ? "another scale" : "no such transform");
    diag_note(diag, theirs ? theirs->args.span : train->span, "'%s' is %s here", train->name,
              theirs ? "scaled" : "described");
}
