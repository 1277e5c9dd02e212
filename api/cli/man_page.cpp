#include "description.hpp"
#include "text.hpp"

namespace twoway::cli {
namespace {

/// `text` as roff prints it: no escape, no hyphen in place of a minus sign, no request.
std::string roff(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      if (escaped.empty() && (c == '.' || c == '\'')) escaped += "\\&";
      escaped += c;
    }
  }
  return escaped;
}

/// Paragraphs, and the examples among them as they are.
std::string paragraphs_of(const std::string& text) {
  std::string page;
  bool example = false;
  bool next = false;  // whether a paragraph has ended
  for (const std::string& line : split(paragraphs(text), "\n")) {
    const bool inside = line.rfind("  ", 0) == 0;
    if (inside != example) page += inside ? ".RS 4\n.nf\n" : ".fi\n.RE\n";
    next = line.empty() || next || (example && !inside);
    example = inside;
    if (line.empty()) continue;
    if (next) page += ".PP\n";
    next = false;
    page += roff(inside ? line.substr(2) : line) + "\n";
  }
  return page;
}

/// The rows of options, each a bold name with its argument in italics.
std::string option_list(const DescribedCommand& command) {
  std::string page;
  for (const DescribedOption& option : command.options) {
    std::string line;
    for (const std::string& word : split(title(option), " ")) {
      if (word.empty()) continue;
      const char* font = word.front() == '-' ? "\\fB" : "\\fI";
      line += (line.empty() ? "" : " ") + std::string(font) + roff(word) + "\\fR";
    }
    page += ".TP\n" + line + "\n" + roff(option.description) + ".\n";
  }
  return page;
}

}  // namespace

std::string man_page(const DescribedCommand& program) {
  const std::string name = program_name();
  std::string heading;
  for (const char c : name) heading += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  std::string page = ".TH " + roff(heading) + " 1 \"\" \"twoway " TWOWAY_VERSION "\"\n";
  page += ".SH NAME\n" + roff(name) + " \\- seal requests to a receiver and open its responses\n";
  page += ".SH SYNOPSIS\n\\fB" + roff(name) + "\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...]\n";
  page += ".SH DESCRIPTION\n" + roff(program.description) + ".\n";
  page += ".SH OPTIONS\n" + option_list(program);
  page += ".SH COMMANDS\n";
  for (const DescribedCommand& command : program.commands) {
    page += ".SS " + roff(command.name) + "\n";
    page += roff(command.description) + ".\n" + option_list(command);
    if (!command.footer.empty()) page += ".PP\n" + paragraphs_of(command.footer);
  }
  page += ".SH NOTES\n" + paragraphs_of(program.footer);
  page += ".SH EXIT STATUS\n";
  for (const ExitCode& code : kExitCodes) {
    page += std::string(".TP\n\\fB") + code.number + "\\fR\n" + roff(code.meaning) + ".\n";
  }
  return page + ".SH SEE ALSO\n.BR openssl\\-genpkey (1)\n";
}

}  // namespace twoway::cli
