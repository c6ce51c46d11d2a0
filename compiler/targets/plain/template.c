/* Templates: C with holes, indented as it is printed. */
#include <ctype.h>
#include <string.h>

#include "base/fail.h"
#include "targets/plain/plain.h"

enum { LONGEST_LINE = 112 };

void plain_set(Plain *p, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(p->arena, format, args);
    va_end(args);
    for (int i = 0; i < p->hole_count; i++)
        if (!strcmp(p->holes[i].name, name)) {
            p->holes[i].text = text;
            return;
        }
    if (p->hole_count == PLAIN_HOLES)
        fail_bug("a template has too many holes");
    p->holes[p->hole_count++] = (Hole){name, text};
}

void plain_forget(Plain *p)
{
    p->hole_count = 0;
}

static const Hole *find(const Plain *p, const char *name, size_t length)
{
    for (int i = 0; i < p->hole_count; i++)
        if (strlen(p->holes[i].name) == length && !strncmp(p->holes[i].name, name, length))
            return &p->holes[i];
    return NULL;
}

const char *plain_get(const Plain *p, const char *name)
{
    const Hole *hole = find(p, name, strlen(name));
    return hole ? hole->text : "";
}

bool plain_has(const Plain *p, const char *name)
{
    return *plain_get(p, name) != '\0';
}

static size_t name_length(const char *name)
{
    size_t length = 0;
    while (isalnum((unsigned char)name[length]) || name[length] == '_')
        length++;
    return length;
}

/* The line with its holes filled. */
static const char *filled(Plain *p, const char *line, size_t length)
{
    Text text = text_new(p->arena);
    for (size_t i = 0; i < length; i++) {
        if (line[i] != '$') {
            text_add_bytes(&text, line + i, 1);
            continue;
        }
        size_t name = name_length(line + i + 1);
        const Hole *hole = find(p, line + i + 1, name);
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
    size_t open[PLAIN_DEPTH], count = 0;
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '(' && count < PLAIN_DEPTH)
            open[count++] = i + 1;
        if (line[i] == ')' && count)
            count--;
    }
    return count ? open[count - 1] : 4;
}

static void put(Plain *p, int depth, const char *line)
{
    size_t indent = (size_t)depth * 4, length = strlen(line);
    bool wraps = *line != '/' && *line != ' '; /* no comment */
    size_t first = indent;
    while (wraps && indent + length > LONGEST_LINE) {
        size_t at = break_at(line, LONGEST_LINE - indent);
        if (!at)
            break;
        size_t end = line[at - 1] == ' ' ? at - 1 : at;
        text_pad(&p->text, ' ', (int)indent);
        text_add_bytes(&p->text, line, end);
        text_add(&p->text, "\n");
        indent = first == indent ? first + continued(line, end) : indent;
        line += at;
        length -= at;
    }
    if (*line)
        text_pad(&p->text, ' ', (int)indent);
    text_printf(&p->text, "%s\n", line);
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
static void print_line(Plain *p, const char *line)
{
    if (!strcmp(line, "{") && p->chain) { /* behind the line above */
        p->text.bytes[--p->text.length] = '\0';
        text_add(&p->text, " {\n");
        p->open[p->open_count++] = --p->chain;
        p->indent += p->chain + 1;
        p->chain = 0;
        return;
    }
    if (*line == '}') {
        p->chain = p->open[--p->open_count];
        p->indent -= p->chain + 1;
        put(p, p->indent + p->chain, line);
        p->if_chain = p->chain;
    } else {
        if (begins(line, "else"))
            p->chain = p->if_chain;
        put(p, p->indent + p->chain, line);
    }
    if (begins(line, "if"))
        p->if_chain = p->chain;
    if (ends(line, '{')) {
        p->open[p->open_count++] = p->chain;
        p->indent += p->chain + 1;
        p->chain = 0;
    } else if ((begins(line, "for") || begins(line, "if") || begins(line, "else") || begins(line, "while")) &&
               !ends(line, ';')) {
        p->chain++;
    } else {
        p->chain = 0;
    }
}

/* Whether the conditions in front of a line hold; *line is moved behind them. */
static bool is_wanted(const Plain *p, const char **line)
{
    while (**line == '?' || **line == '!') {
        bool given = **line == '?';
        size_t length = name_length(*line + 1);
        const Hole *hole = find(p, *line + 1, length);
        if ((hole && *hole->text) != given)
            return false;
        *line += 1 + length;
        *line += **line == ' ';
    }
    return true;
}

void plain_print(Plain *p, const char *template)
{
    while (*template) {
        const char *end = strchr(template, '\n');
        size_t length = end ? (size_t)(end - template) : strlen(template);
        const char *line = template;
        if (is_wanted(p, &line)) {
            const char *text = filled(p, line, length - (size_t)(line - template));
            if (strchr(text, '\n'))
                plain_print(p, text);
            else
                print_line(p, text);
        }
        template += length + (end != NULL);
    }
}

void plain_rule(Plain *p, const char *title)
{
    int length = (int)strlen(title);
    text_printf(&p->text, "/* ---- %s ", title);
    text_pad(&p->text, '-', 120 - 12 - length);
    text_add(&p->text, " */\n\n");
}
