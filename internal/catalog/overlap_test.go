package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// planted are twelve facts asked for twice, as people do ask: the same thing by
// another name, in other words, or with the same choices.
var planted = [12][2]string{
	{node("inspection_count", "integer", `,"x-unit":{"zh":"次","en":"times"}`), strings.Replace(node("inspection_count", "integer", `,"x-unit":{"zh":"次","en":"times"}`), `"title":"inspection_count"`, `"title":"检查次数"`, 1)},
	{titled("water_litres", "用水量", "number", "升"), titled("litres_used", "用水量", "number", "升")},
	{titled("visitor_name", "来访人姓名", "string", ""), titled("guest", "来访人姓名", "string", "")},
	{titled("plate_number", "车辆号牌", "string", ""), titled("plate_number", "车牌号", "string", "")},
	{picked("weather", "天气", "sunny", "rain", "snow"), picked("sky", "天气情况", "sunny", "rain", "snow")},
	{picked("belt_state", "警用腰带状态", "good", "worn", "lost"), picked("belt", "腰带", "good", "worn", "lost")},
	{titled("broom_count", "扫帚数量", "integer", "把"), titled("brooms", "扫帚数量", "integer", "把")},
	{titled("soup_temperature", "汤温", "number", "℃"), titled("soup_temperature", "热汤温度", "number", "℃")},
	{titled("lamp_faults", "灯具故障数", "integer", "盏"), titled("broken_lamps", "灯具故障数", "integer", "盏")},
	{titled("quilt_total", "被褥总数", "integer", "床"), titled("quilt_total", "被褥数", "integer", "床")},
	{titled("led_by_whom", "带队领导职务", "string", ""), titled("leader_title", "带队领导职务", "string", "")},
	{titled("rope_metres", "绳索长度", "number", "米"), titled("rope_length", "绳索长度", "number", "米")},
}

func titled(id, zh, kind, unit string) string {
	n := strings.Replace(node(id, kind), `"title":"`+id+`"`, `"title":"`+zh+`"`, 1)
	if unit != "" {
		n = strings.TrimSuffix(n, "}") + `,"x-unit":{"zh":"` + unit + `","en":"u"}}`
	}
	return n
}

func picked(id, zh string, values ...string) string {
	var list []string
	for _, v := range values {
		list = append(list, `{"const":"`+v+`","title":"`+v+`","x-en":"`+v+`"}`)
	}
	return strings.TrimSuffix(titled(id, zh, "string", ""), "}") + `,"oneOf":[` + strings.Join(list, ",") + `]}`
}

// TestOverlaps is A6: forty types with twelve planted duplicates, of which at
// least eleven are found and at most two others.
func TestOverlaps(t *testing.T) {
	on := `"on":` + node("on", "string", `,"format":"date"`)
	things := strings.Split("锅炉 水泵 围栏 沟渠 树苗 花坛 板报 乐器 球拍 棋盘 书架 课桌 投影 音箱 麦克 账本 算盘 尺规 剪纸 灯笼 对联 窗帘 地毯 门垫 雨伞 手套 口罩 皂盒 毛巾 脸盆 牙刷 梳子 镜子 拖把 水桶 抹布 簸箕 垃圾 落叶 积雪", " ")
	var types []*catalog.Type
	for i, thing := range things {
		props := on + fmt.Sprintf(`,"thing_%d":%s,"colour_%d":%s`, i, titled(fmt.Sprintf("amount_of_%c", 'a'+i%26)+strings.Repeat("x", i/26), thing+"登记量", "integer", ""),
			i, titled(fmt.Sprintf("shade%d", i), thing+"之色", "string", ""))
		for p, pair := range planted {
			for side := range pair {
				if i == p*3+side {
					props += fmt.Sprintf(`,"planted_%d":%s`, p, pair[side])
				}
			}
		}
		f := small(1, "", props, "")
		id := fmt.Sprintf("probe-%d", i)
		f.Definition = []byte(strings.Replace(string(f.Definition), `"id":"probe"`, `"id":"`+id+`"`, 1))
		types = append(types, compiled(t, f))
	}
	if len(types) != 40 {
		t.Fatal(len(types))
	}
	found, wrong := map[string]bool{}, map[string]catalog.Overlap{}
	for i, typ := range types {
		for _, o := range catalog.Overlaps(typ, types) {
			var j int
			_, _ = fmt.Sscanf(o.Ledger, "probe-%d", &j)
			a, b := min(i, j), max(i, j)
			key := fmt.Sprintf("%d/%d", a, b)
			if a%3 == 0 && b == a+1 && a/3 < len(planted) && !strings.Contains(o.Text, "登记量") && !strings.Contains(o.Text, "之色") {
				found[key] = true
			} else {
				wrong[key+o.Field+o.Other] = o
			}
		}
	}
	if len(found) < 11 {
		t.Errorf("found %d of 12: %v", len(found), found)
	}
	if len(wrong) > 2*2 { // each is seen from both sides
		t.Errorf("%d others: %v", len(wrong)/2, wrong)
	}
}

// TestShippedOverlaps: what the shipped catalogue still asks twice is known;
// the number may fall, not grow unseen.
func TestShippedOverlaps(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, typ := range c.Types() {
		for _, o := range catalog.Overlaps(typ, c.Types()) {
			seen[typ.ID+"."+o.Field+" "+o.Ledger+"."+o.Other] = true
		}
	}
	for _, pair := range []string{
		"hazard-rectification.interim_measure facility-maintenance.interim_measure",
		"reward-punishment.group_vote.abstain area-meeting.votes.abstain",
		"education-session.attended_count headcount.actual_count",
	} {
		if !seen[pair] {
			t.Errorf("not found: %s", pair)
		}
	}
	if n := len(seen) / 2; n > 32 {
		t.Errorf("%d pairs, 32 are known", n)
	}
}

// TestAskedTwiceOnce: what is asked for twice is worked out once for each state of the
// catalogue, and anew for the next.
func TestAskedTwiceOnce(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	var want []catalog.Asked
	for _, typ := range c.Types() {
		if o := catalog.Overlaps(typ, c.Types()); len(o) > 0 {
			want = append(want, catalog.Asked{Ledger: typ.ID, Overlaps: o})
		}
	}
	first, again := c.AskedTwice(), c.AskedTwice()
	if diff := cmp.Diff(want, first); diff != "" || len(want) == 0 {
		t.Fatal(len(want), diff)
	}
	if &first[0] != &again[0] {
		t.Error("worked out twice")
	}
	var files []catalog.Files
	for _, typ := range c.Types() {
		files = append(files, catalog.Files{Schema: typ.SchemaJSON, Definition: typ.DefinitionJSON, Form: typ.FormJSON})
	}
	if err := c.Replace(files, []catalog.End{{Ledger: want[0].Ledger, Kind: "delete"}}); err != nil {
		t.Fatal(err)
	}
	for _, a := range c.AskedTwice() {
		if a.Ledger == want[0].Ledger {
			t.Errorf("%s has ended", a.Ledger)
		}
	}
}
