"""A bulletin with a table and bars, invented, for the demo and for tests."""

from __future__ import annotations

from .rules.content import Bar, Bars, Content, Table, Text

DISTRICTS = (
    ("河湾区", "91.4", "+0.6", "88.8", "7"),
    ("东湖开发区", "90.6", "+0.3", "87.4", "1"),
    ("石桥区", "89.7", "+1.1", "85.2", "4"),
    ("柳溪县", "85.1", "+0.2", "78.3", "4"),
    ("青冈县", "80.2", "−0.5", "69.4", "14"),
)


def demo_bulletin(head: str) -> Content:
    """An invented monthly bulletin; ``head`` are the red words on top."""
    return Content(
        head=head,
        title="关于2026年10月全市物业管理考评情况的通报",
        to="各县（市）区住房和城乡建设局、各街道办事处，各物业服务企业：",
        blocks=(
            Text(
                text="10月，全市对5个县区、312个小区开展月度考评，抽查96个，其中暗访32个。"
                "全市均分87.4分，比上月升0.3分。现将结果通报如下。"
            ),
            Text(text="一、县区排名", heading=True),
            Table(
                head=("名次", "县区", "得分", "比上月", "达标率（%）", "超期未整改（个）"),
                rows=tuple((str(i), *row) for i, row in enumerate(DISTRICTS, start=1)),
                foot=("", "全市", "87.4", "+0.3", "81.8", "30"),
                left=(1,),
            ),
            Text(text="二、主要问题", heading=True),
            Bars(
                rows=(
                    Bar(label="楼道堆物、飞线充电", now=82, before=79),
                    Bar(label="保洁不到位", now=71, before=74),
                    Bar(label="消防设施失修", now=48, before=46),
                    Bar(label="公共收益未公示", now=31, before=28),
                ),
                caption="图1 10月问题最多的四类（个）。实条为10月，斜纹为9月；括号内为9月数。",
            ),
            Text(text="三、工作要求", heading=True),
            Text(text="青冈县超期未整改14个，须于11月20日前逐项销号并书面报告。"),
        ),
        foot="抄送：市政府办公室，市公安局，市城市管理局。",
    )
