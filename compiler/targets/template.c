#include "targets/template.h"

#include <ctype.h>
#include <string.h>

#include "base/fail.h"

enum { LONGEST_LINE = 112 };

Template template_new(Arena *arena)
{
    return (Template){.arena = arena, .text = text_new(arena)};
}

void template_set(Template *t, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(t->arena, format, args);
    va_end(args);
    for (int i = 0; i < t->hole_count; i++)
        if (!strcmp(t->holes[i].name, name)) {
            t->holes[i].text = text;
            return;
        }
    if (t->hole_count == TEMPLATE_HOLES)
        fail_bug("a template has too many holes");
    t->holes[t->hole_count++] = (Hole){name, text};
}

void template_forget(Template *t)
{
    t->hole_count = 0;
}

static const Hole *find(const Template *t, const char *name, size_t length)
{
    for (int i = 0; i < t->hole_count; i++)
        if (strlen(t->holes[i].name) == length && !strncmp(t->holes[i].name, name, length))
            return &t->holes[i];
    return NULL;
}

const char *template_get(const Template *t, const char *name)
{
    const Hole *hole = find(t, name, strlen(name));
    return hole ? hole->text : "";
}

bool template_has(const Template *t, const char *name)
{
    return *template_get(t, name) != '\0';
}

static size_t name_length(const char *name)
{
    size_t length = 0;
    while (isalnum((unsigned char)name[length]) || name[length] == '_')
        length++;
    return length;
}

/* The line with its holes filled. */
static const char *filled(Template *t, const char *line, size_t length)
{
    Text text = text_new(t->arena);
    for (size_t i = 0; i < length; i++) {
        if (line[i] != '$') {
            text_add_bytes(&text, line + i, 1);
            continue;
        }
        size_t name = name_length(line + i + 1);
        const Hole *hole = find(t, line + i + 1, name);
        if (!hole)
            fail_bug("nothing fills the hole '%.*s' of a template", (int)name, line + i + 1);
        text_add(&text, hole->text);
        i += name;
    }
    return text.bytes;
}

/* Where a line that is too long is broken: behind the last ", ", or before the last " + ", " && " or the like. */
static size_t break_at(const char *line, size_t capacity)
{
    size_t best = 0;
    for (size_t i = 1; i < capacity && line[i]; i++) {
        if (line[i - 1] == ',' && line[i] == ' ')
            best = i + 1;
        if (line[i] == ' ' && (!strncmp(line + i, " && ", 4) || !strncmp(line + i, " || ", 4) ||
                               !strncmp(line + i, " + ", 3) || !strncmp(line + i, " - ", 3) ||
                               !strncmp(line + i, " * ", 3) || !strncmp(line + i, " ? ", 3) ||
                               !strncmp(line + i, " : ", 3)))
            best = i + 1;
    }
    return best;
}

/* How far behind its beginning the next line of a broken one goes: behind the last bracket that is open, or 4. */
static size_t continued(const char *line, size_t length)
{
    size_t open[TEMPLATE_DEPTH], count = 0;
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '(' && count < TEMPLATE_DEPTH)
            open[count++] = i + 1;
        if (line[i] == ')' && count)
            count--;
    }
    return count ? open[count - 1] : 4;
}

static void put(Template *t, int depth, const char *line)
{
    size_t indent = (size_t)depth * 4, length = strlen(line);
    bool wraps = *line != '/' && *line != ' '; /* no comment */
    size_t first = indent;
    while (wraps && indent + length > LONGEST_LINE) {
        size_t at = break_at(line, LONGEST_LINE - indent);
        if (!at)
            break;
        size_t end = line[at - 1] == ' ' ? at - 1 : at;
        text_pad(&t->text, ' ', (int)indent);
        text_add_bytes(&t->text, line, end);
        text_add(&t->text, "\n");
        indent = first == indent ? first + continued(line, end) : indent;
        line += at;
        length -= at;
    }
    if (*line)
        text_pad(&t->text, ' ', (int)indent);
    text_printf(&t->text, "%s\n", line);
}

static bool begins(const char *line, const char *word)
{
    size_t length = strlen(word);
    return !strncmp(line, word, length) && !isalnum((unsigned char)line[length]) && line[length] != '_';
}

static bool ends(const char *line, char last)
{
    size_t length = strlen(line);
    return length && line[length - 1] == last;
}

/* Prints a whole line at its depth, and sees what it begins or ends. */
static void print_line(Template *t, const char *line)
{
    if (!strcmp(line, "{") && t->chain) { /* behind the line above */
        t->text.bytes[--t->text.length] = '\0';
        text_add(&t->text, " {\n");
        t->open[t->open_count++] = --t->chain;
        t->indent += t->chain + 1;
        t->chain = 0;
        return;
    }
    if (*line == '}') {
        t->chain = t->open[--t->open_count];
        t->indent -= t->chain + 1;
        put(t, t->indent + t->chain, line);
        t->if_chain = t->chain;
    } else {
        if (begins(line, "else"))
            t->chain = t->if_chain;
        put(t, t->indent + t->chain, line);
    }
    if (begins(line, "if"))
        t->if_chain = t->chain;
    if (ends(line, '{')) {
        t->open[t->open_count++] = t->chain;
        t->indent += t->chain + 1;
        t->chain = 0;
    } else if ((begins(line, "for") || begins(line, "if") || begins(line, "else") || begins(line, "while")) &&
               !ends(line, ';')) {
        t->chain++;
    } else {
        t->chain = 0;
    }
}

/* Whether the conditions in front of a line hold; *line is moved behind them. */
static bool is_wanted(const Template *t, const char **line)
{
    while (**line == '?' || **line == '!') {
        bool given = **line == '?';
        size_t length = name_length(*line + 1);
        const Hole *hole = find(t, *line + 1, length);
        if ((hole && *hole->text) != given)
            return false;
        *line += 1 + length;
        *line += **line == ' ';
    }
    return true;
}

static void add_lines(Template *t, Text *out, const char *lines)
{
    while (*lines) {
        const char *end = strchr(lines, '\n');
        size_t length = end ? (size_t)(end - lines) : strlen(lines);
        const char *line = lines;
        if (is_wanted(t, &line)) {
            const char *text = filled(t, line, length - (size_t)(line - lines));
            if (strchr(text, '\n'))
                add_lines(t, out, text);
            else
                text_printf(out, "%s\n", text);
        }
        lines += length + (end != NULL);
    }
}

const char *template_lines(Template *t, const char *lines)
{
    Text out = text_new(t->arena);
    add_lines(t, &out, lines);
    return out.bytes;
}

void template_print(Template *t, const char *lines)
{
    const char *line = template_lines(t, lines);
    while (*line) {
        const size_t length = strcspn(line, "\n");
        print_line(t, arena_copy(t->arena, line, length));
        line += length + 1;
    }
}

void template_rule(Template *t, const char *title)
{
    int length = (int)strlen(title);
    text_printf(&t->text, "/* ---- %s ", title);
    text_pad(&t->text, '-', 120 - 12 - length);
    text_add(&t->text, " */\n\n");
}

const char *template_filled(Template *t, const char *lines)
{
    Template whole = *t;
    t->text = text_new(t->arena);
    t->indent = t->chain = t->if_chain = t->open_count = 0;
    template_print(t, lines);
    const char *text = t->text.bytes;
    *t = whole;
    return text;
}

bool text_has_word(const char *text, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = strstr(text, name); at; at = strstr(at + 1, name)) {
        bool begins = at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '_');
        if (begins && !isalnum((unsigned char)at[length]) && at[length] != '_')
            return true;
    }
    return false;
}
