#include "help.h"

#include <string.h>

#include "base/vec.h"
#include "vocabulary/vocabulary.h"

/* Adds the names of a group in lines that begin at column `indent`. */
static void add_names(Text *out, int group, int indent, int width)
{
    Noun noun;
    int column = indent;
    bool first = true;
    for (int i = 0; vocabulary_noun(i, &noun); i++) {
        int length = (int)strlen(noun.name);
        if (noun.group != group)
            continue;
        if (!first) {
            text_add(out, ",");
            column++;
        }
        if (!first && column + 1 + length + 1 > width) {
            text_add(out, "\n");
            text_pad(out, ' ', indent);
            column = indent;
        } else if (!first) {
            text_add(out, " ");
            column++;
        }
        text_add(out, noun.name);
        column += length;
        first = false;
    }
}

void help_vocabulary(Text *out, int width)
{
    enum { INDENT = 16 };
    for (int group = 0; vocabulary_groups[group].plural; group++) {
        const char *plural = vocabulary_groups[group].plural;
        text_printf(out, "  %s", plural);
        text_pad(out, ' ', INDENT - 2 - (int)strlen(plural));
        add_names(out, group, INDENT, width);
        text_add(out, "\n");
    }
}

void help_names(Text *out)
{
    Noun noun;
    for (int i = 0; vocabulary_noun(i, &noun); i++)
        text_printf(out, "%s\n", noun.name);
}

/* A line for each noun of the group with this name. */
static void print_group(Text *out, const char *name)
{
    int group = 0;
    while (vocabulary_groups[group].plural && strcmp(vocabulary_groups[group].plural, name))
        group++;
    if (!vocabulary_groups[group].plural)
        return;
    Noun noun;
    int widest = 0;
    for (int i = 0; vocabulary_noun(i, &noun); i++)
        if (noun.group == group && (int)strlen(noun.name) > widest)
            widest = (int)strlen(noun.name);
    for (int i = 0; vocabulary_noun(i, &noun); i++)
        if (noun.group == group)
            text_printf(out, "%-*s  %s\n", widest, noun.name, noun.summary);
}

/* Of several lines, each begins under the first one. */
static void print_example(Text *out, const char *example)
{
    text_add(out, "example  ");
    for (; *example; example++) {
        text_add_bytes(out, example, 1);
        if (*example == '\n')
            text_pad(out, ' ', 9);
    }
    text_add(out, "\n");
}

static void print_noun(Text *out, const Noun *noun)
{
    const NounGroup *group = &vocabulary_groups[noun->group];
    const Help *help = noun->help;
    const char *form = help->form ? help->form : signature_text(out->arena, noun->name, noun->params);
    text_printf(out, "%s\n%s\n\n", form, noun->summary);
    if (help->own)
        text_printf(out, "kind     %s, netc's own\n", group->singular);
    else if (!group->module)
        text_printf(out, "kind     %s\n", group->singular);
    else
        text_printf(out, "kind     %s, as %s.%s\n", group->singular,
                    help->module ? help->module : group->module, noun->name);
    if (help->shape)
        text_printf(out, "shape    %s\n", help->shape);
    if (help->example)
        print_example(out, help->example);
    const char *head = "differs";
    if (help->differs) {
        text_printf(out, "%s  %s\n", head, help->differs);
        head = "       ";
    }
    for (const Param *param = noun->params; param->name; param++) {
        if (!param->refused)
            continue;
        text_printf(out, "%s  %s=%s only: %s\n", head, param->name, param->fallback ? param->fallback : "?",
                    param->refused);
        head = "       ";
    }
}

bool help_topic(Text *out, const char *name)
{
    print_group(out, name); /* 'metrics' is a group and a setting */
    const char *dot = strrchr(name, '.');
    const char *bare = dot ? dot + 1 : name;
    Noun noun;
    for (int i = 0; vocabulary_noun(i, &noun); i++) {
        if (strcmp(noun.name, bare))
            continue;
        text_add(out, out->length ? "\n" : "");
        print_noun(out, &noun);
    }
    if (out->length)
        return true;
    const char *refused = vocabulary_refused(bare);
    if (refused)
        text_printf(out, "%s %s", bare, refused);
    return false;
}

const char *help_closest(Arena *arena, const char *name)
{
    VEC(const char *) names = {0};
    Noun noun;
    for (int i = 0; vocabulary_noun(i, &noun); i++)
        vec_push(arena, names, noun.name);
    for (int group = 0; vocabulary_groups[group].plural; group++)
        vec_push(arena, names, vocabulary_groups[group].plural);
    return diag_closest(name, names.at, names.count);
}
