package io.kidreaper.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTextTest {
  @Test
  void anObjectIsReadAsItWasWritten() throws JsonFault {
    Json.Obj read =
        JsonText.readObject(
            JsonText.writeObject(json -> {
              json.writeStringProperty("text", "a \"b\"\n\u001b");
              json.writeNumberProperty("number", Long.MIN_VALUE);
              json.writeBooleanProperty("yes", true);
              json.writeNullProperty("nothing");
              json.writeArrayPropertyStart("list");
              json.writeString("x");
              json.writeEndArray();
            }));

    assertThat(read.text("text")).isEqualTo("a \"b\"\n\u001b");
    assertThat(read.number("number")).isEqualTo(Long.MIN_VALUE);
    assertThat(read.isTrue("yes")).isTrue();
    assertThat(read.isTrue("absent")).isFalse();
    assertThat(read.find("nothing")).contains(new Json.Null());
    assertThat(read.texts("list")).containsExactly("x");
    assertThat(read.numberIfThere("absent")).isEmpty();
    assertThat(read.textIfThere("text")).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                | no JSON object",
        "[1]               | no JSON object",
        "7                 | no JSON object",
        "{                 | not JSON",
        "{'a':1}           | not JSON",
        "{\"a\":1} {}      | goes on",
        "{\"a\":1} x       | not JSON",
        "{\"a\":1,\"a\":2} | Duplicate",
        "{\"a\":1.5}       | not whole",
        "{\"a\":99999999999999999999} | range",
        "{\"a\":tru}       | not JSON"
      })
  void whatIsNoGoodObjectSaysWhy(String text, String why) {
    assertThatThrownBy(() -> JsonText.readObject(text))
        .isInstanceOf(JsonFault.class)
        .hasMessageContaining(why);
  }

  @Test
  void depthIsBounded() {
    assertThatThrownBy(
            () -> JsonText.readObject("{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}"))
        .isInstanceOf(JsonFault.class)
        .hasMessageContaining("deeper than 16");
  }

  @ParameterizedTest
  @CsvSource({"text", "number", "list", "object"})
  void aKeyOfAnotherTypeIsNamed(String wanted) {
    assertThatThrownBy(
            () -> {
              Json.Obj json = JsonText.readObject("{\"k\":true}");
              switch (wanted) {
                case "text" -> json.text("k");
                case "number" -> json.number("k");
                case "list" -> json.objects("k");
                case "object" -> json.object("k");
                default -> throw new AssertionError(wanted);
              }
            })
        .isInstanceOf(JsonFault.class)
        .hasMessageContaining("\"k\"");
  }

  @Test
  void aMissingKeyIsNamed() {
    assertThatThrownBy(() -> JsonText.readObject("{}").text("command"))
        .isInstanceOf(JsonFault.class)
        .hasMessage("has no \"command\"");
  }
}
