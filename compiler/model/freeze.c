/* `freeze features`: parameters that stay as they are, torch's requires_grad=False. */
#include "model/trainer.h"

/* What an item of the setting names: features.0, "0.weight", 0; NULL after reporting. */
static const char *frozen_name(Build *build, const Syntax *item)
{
    const Syntax *value = item->name ? NULL : item->value;
    if (value && (value->kind == SYNTAX_NAME || value->kind == SYNTAX_STRING || value->kind == SYNTAX_INT ||
                  value->kind == SYNTAX_FLOAT))
        return value->name;
    diag_error(build->diag, item->span,
               "setting 'freeze' expects parts of the model: freeze features, classifier.0, \"2.weight\"");
    return NULL;
}

static void freeze(Trainer *t, const Syntax *item)
{
    Build *build = t->build;
    Selection selection = {0};
    const char *name = frozen_name(build, item);
    if (!name || !t->network || !t->network->known ||
        !select_parameters(build, t->train->network, (Name){name, item->span}, &selection))
        return;
    bool learned = false;
    for (int i = 0; i < selection.parameters.count; i++) {
        Parameter *parameter = selection.parameters.at[i];
        learned = learned || parameter->kind == PARAMETER_LEARNED;
        parameter->frozen = parameter->kind == PARAMETER_LEARNED;
    }
    if (!learned)
        diag_error(build->diag, item->span, "'%s' has no parameters that are learned: running statistics are kept by "
                   "their layer, whether it is frozen or not", name);
}

void build_freezes(Trainer *t)
{
    for (int i = 0; i < t->freezes.count; i++) {
        const Syntax *setting = t->freezes.at[i];
        for (int k = 0; k < setting->items.count; k++)
            freeze(t, setting->items.at[k]);
        if (!setting->items.count)
            diag_error(t->build->diag, setting->span,
                       "setting 'freeze' expects parts of the model: freeze features, classifier.0");
    }
}
