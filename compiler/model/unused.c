/* Warnings of what the file defines and nothing uses: constants, and parameters of blocks. */
#include <string.h>

#include "base/set.h"
#include "model/build.h"

static bool is_parameter(const Syntax *block, const char *name)
{
    for (int i = 0; i < block->items.count; i++) {
        const Syntax *argument = block->items.at[i];
        if (!strcmp(argument->name ? argument->name : argument->value->name, name))
            return true;
    }
    return false;
}

/* Adds the names that stand for values in `syntax`, but for the parameters of `block` (NULL: none). */
static void add_names(Build *build, const Syntax *syntax, const Syntax *block, StringSet *names)
{
    bool used = syntax->kind == SYNTAX_NAME || syntax->kind == SYNTAX_CALL; /* a parameter may stand for a layer */
    if (used && (!block || !is_parameter(block, syntax->name)))
        string_set_add(build->arena, names, syntax->name);
    if (syntax->value)
        add_names(build, syntax->value, block, names);
    if (syntax->body)
        add_names(build, syntax->body, block, names);
    for (int i = 0; i < syntax->items.count; i++)
        add_names(build, syntax->items.at[i], block, names);
}

/* The names that a statement uses: of a block, in the defaults of its parameters and in its body. */
static void add_used(Build *build, const Syntax *statement, StringSet *names)
{
    if (statement->kind != SYNTAX_BLOCK) {
        add_names(build, statement, NULL, names);
        return;
    }
    for (int i = 0; i < statement->items.count; i++)
        if (statement->items.at[i]->name)
            add_names(build, statement->items.at[i]->value, NULL, names);
    if (statement->body)
        add_names(build, statement->body, statement, names);
}

static void warn_of_parameters(Build *build, const Syntax *block)
{
    StringSet names = {0};
    if (block->body)
        add_names(build, block->body, NULL, &names);
    for (int i = 0; i < block->items.count; i++) {
        const Syntax *argument = block->items.at[i];
        const char *name = argument->name ? argument->name : argument->value->name;
        if (string_set_add(build->arena, &names, name))
            diag_warning(build->diag, argument->span, "parameter '%s' of block '%s' is not used", name, block->name);
    }
}

void warn_of_unused(Build *build, const Syntax *file)
{
    StringSet names = {0};
    for (int i = 0; i < file->items.count; i++)
        add_used(build, file->items.at[i], &names);
    for (int i = 0; i < file->items.count; i++) {
        const Syntax *statement = file->items.at[i];
        if (statement->kind == SYNTAX_BLOCK)
            warn_of_parameters(build, statement);
        if (statement->kind == SYNTAX_LET && string_set_add(build->arena, &names, statement->name))
            diag_warning(build->diag, statement->name_span, "constant '%s' is not used", statement->name);
    }
}
