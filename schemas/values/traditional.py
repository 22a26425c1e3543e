"""Traditional characters as plants with a mother house in Taiwan or Hong Kong type them, for comparing words."""

from __future__ import annotations

_PAIRS = (
    "訴诉 編编 號号 時时 間间 戶户 現现 數数 質质 責责 單单 狀状 態态 備备 註注 報报 廠厂 產产 項项 問问 題题 內内 "
    "處处 確确 認认 應应 對对 暫暂 長长 計计 劃划 預预 結结 關关 閉闭 實实 際际 發发 檢检 驗验 證证 誤误 異异 損损 "
    "壞坏 聯联 絡络 電电 話话 職职 務务 門门 級级 緊紧 嚴严 輕轻 類类 別别 車车 倉仓 庫库 標标 準准 設设 備备 "
    "圖图 說说 擔担 當当 辦办 員员 組组 討讨 議议 錄录 總总 匯汇 統统 覽览 優优 須须 網网 郵邮 業业 師师 簽签 "
    "審审 顧顾 動动 換换 測测 試试 複复 復复 滿满 無无 見见 規规 訂订 誰谁 調调 論论 貨货 買买 費费 賠赔 賣卖 "
    "輸输 轉转 退退 連连 進进 達达 遲迟 選选 遺遗 還还 錯错 開开 隔隔 雙双 離离 響响 頁页 頻频 額额 風风 險险 "
    "點点 齊齐 會会 來来 條条 據据 資资 訊讯 傳传 書书 紙纸 製制 後后 緣缘 終终 給给 維维 線线 縣县 續续 繼继 "
    "經经 濟济 營营 銷销 採采 購购 貼贴 過过 運运 協协 參参 啟启 閱阅 變变 遞递 權权 歸归 屬属 義义 環环 機机 "
    "料料 法法 專专 樣样 橫横 層层 廢废 異异 歷历 較较 讀读 寫写 幾几 減减 範范 圍围 堵堵 決决 斷断 庫库 "
    "個个 請请 於于 覆复 滲渗 鬆松 脫脱 銹锈 鏽锈 傷伤 縮缩 髒脏 該该 這这 將将 隻只 週周 鉤钩 膠胶 氣气 閥阀 軟软 "
    "護护 蓋盖 導导 帶带 沒没 們们 與与 為为 從从 兩两 萬万 紋纹 顆颗 張张 讓让 邊边 "
    "聽听 極极 僅仅 並并 裝装 壓压 彎弯 擠挤"
)
_SIMPLIFIED = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})


def simplified(text: str) -> str:
    """``text`` with the traditional characters of headings and states in their simplified form.

    For comparing words only: what people typed is shown and kept as it stands.
    """
    return text.translate(_SIMPLIFIED)
